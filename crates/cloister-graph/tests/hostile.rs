//! Names that try to be more than names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use cloister_graph::{Drawing, Edge, Graph, Group, Node, Options, Theme, dot, list, mermaid, svg};

const NAMES: [&str; 12] = [
    "</title><script>alert(1)</script>",
    "\"; n0 -> n1; \"",
    "trailing \\",
    "\\\"] ; subgraph x {",
    "a\u{202e}gpj.exe",
    "bell\u{7} null\u{0} escape\u{1b}[31m",
    "line\nbreak\r\nend",
    "]]> --> <!-- &amp; &#x0; 'quoted'",
    "end\nclick n0 href \"javascript:alert(1)\"",
    "`markdown` **bold** #quot; %%{init: {}}%%",
    "no\u{ffff}character \u{fffe}",
    "שלום עולם · مرحبا · e\u{301}\u{301}",
];

fn graph() -> Graph {
    let node = |(number, name): (usize, &&str)| Node {
        id: (*name).to_owned(),
        layer: number % 2,
        group: Some((*name).to_owned()),
        badge: (*name).to_owned(),
        label: (*name).to_owned(),
        details: vec![(*name).to_owned()],
        full: (*name).to_owned(),
        members: vec![(*name).to_owned()],
        ..Node::default()
    };
    let group = |name: &&str| Group {
        id: (*name).to_owned(),
        label: (*name).to_owned(),
        detail: (*name).to_owned(),
        ..Group::default()
    };
    let edge = |pair: &[&str]| Edge {
        from: pair.first().unwrap().to_string(),
        to: pair.last().unwrap().to_string(),
        label: pair.concat(),
        full: pair.concat(),
        ..Edge::default()
    };
    Graph {
        title: NAMES.concat(),
        summary: NAMES.concat(),
        headings: NAMES.iter().map(ToString::to_string).collect(),
        groups: NAMES.iter().map(group).collect(),
        nodes: NAMES.iter().enumerate().map(node).collect(),
        edges: NAMES.windows(2).map(edge).collect(),
        notes: NAMES.iter().map(ToString::to_string).collect(),
        legend: NAMES.iter().map(|name| (name.to_string(), name.to_string())).collect(),
        ..Graph::default()
    }
}

/// What could move a cursor or turn a line round.
fn is_hidden(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn in_svg_they_are_text() {
    for theme in [Theme::Auto, Theme::Light, Theme::Dark] {
        let text = svg(&Drawing::new(graph()), &Options { theme, ..Options::default() });
        let document = roxmltree::Document::parse(&text).unwrap();
        assert!(document.descendants().all(|node| !matches!(node.tag_name().name(), "script" | "a" | "foreignObject")));
        let on = |node: &roxmltree::Node<'_, '_>| node.attributes().any(|attribute| attribute.name().starts_with("on"));
        assert!(!document.descendants().any(|node| on(&node)));
        assert!(!text.contains(is_hidden));
        assert!(!text.contains("href") || !text.contains("href=\""), "no link");
    }
}

#[test]
fn in_svg_everything_is_told_to_those_who_cannot_see() {
    let text = svg(&Drawing::new(graph()), &Options { id: "here", ..Options::default() });
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let by_id = |id: &str| document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap();
    assert_eq!(root.attribute("aria-labelledby"), Some("here-title"));
    assert!(by_id("here-title").text().unwrap().contains("שלום"));
    let told = by_id("here-desc").text().unwrap().to_owned();
    assert!(
        graph().nodes.iter().all(
            |node| told.contains(&*cloister_model::clean(&node.full).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
        )
    );
}

/// Reads DOT as far as we write it: words, strings, and the signs between them.
fn dot_statements(text: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), text.chars().peekable());
    while let Some(character) = rest.next() {
        if character == '"' {
            let mut string = String::from("\"");
            loop {
                match rest.next().unwrap() {
                    '"' => break,
                    '\\' => {
                        let escaped = rest.next().unwrap();
                        assert!(matches!(escaped, '\\' | '"' | 'n'), "an escape that we do not write: {escaped}");
                    }
                    '\n' => panic!("a string over two lines"),
                    other => string.push(other),
                }
            }
            tokens.push(string);
        } else if character.is_ascii_alphanumeric() || "_-.>".contains(character) {
            let mut word = character.to_string();
            while let Some(next) = rest.next_if(|next| next.is_ascii_alphanumeric() || "_-.>".contains(*next)) {
                word.push(next);
            }
            tokens.push(word);
        } else if !character.is_whitespace() {
            assert!("{}[]=,;".contains(character), "{character} outside a string");
            tokens.push(character.to_string());
        }
    }
    tokens
}

#[test]
fn in_dot_they_are_strings() {
    let text = dot(&graph());
    let tokens = dot_statements(&text);
    assert_eq!(tokens.iter().filter(|token| *token == "->").count(), NAMES.len() - 1, "no edge but ours");
    assert_eq!(tokens.iter().filter(|token| *token == "subgraph").count(), NAMES.len());
    let open = |sign: &str| tokens.iter().filter(|token| *token == sign).count();
    assert_eq!((open("{"), open("[")), (open("}"), open("]")));
    assert!(!text.contains(is_hidden));
}

#[test]
fn in_mermaid_they_are_entities() {
    let text = mermaid(&graph());
    for line in text.lines().skip(3) {
        let line = line.trim();
        let known = ["subgraph g", "end", "n", "classDef "].iter().any(|start| line.starts_with(start));
        assert!(known, "a line that we do not write: {line}");
        let quotes = line.matches('"').count();
        assert!(quotes == 0 || quotes == 2, "{line}");
        let inner = line.split('"').nth(1).unwrap_or_default().replace("<br/>", "");
        assert!(!inner.contains(['<', '>', '`', '[', ']', '{', '}', '|', '(', ')', '*', '%', '&', '\\']), "{line}");
    }
    assert_eq!(text.lines().filter(|line| line.trim() == "end").count(), NAMES.len());
    assert!(!text.contains("click n0 href \"") && !text.contains(is_hidden));
}

#[test]
fn in_words_each_stays_on_its_line() {
    let text = list(&graph());
    assert!(!text.contains(is_hidden));
    let starts = ["  ", "    → "];
    let lines: Vec<&str> = text.lines().filter(|line| starts.iter().any(|start| line.starts_with(start))).collect();
    assert_eq!(lines.len(), NAMES.len() * 2 - 1, "nodes and edges");
}

#[test]
fn a_small_picture() {
    let node = |id: &str, layer, label: &str| Node {
        id: id.to_owned(),
        layer,
        label: label.to_owned(),
        full: label.to_owned(),
        group: Some("g".to_owned()),
        ..Node::default()
    };
    let edge = Edge { from: "a".to_owned(), to: "b".to_owned(), label: "read".to_owned(), ..Edge::default() };
    let graph = Graph {
        title: "One edge".to_owned(),
        groups: vec![Group { id: "g".to_owned(), label: "Band".to_owned(), ..Group::default() }],
        nodes: vec![node("a", 0, "from"), node("b", 1, "to")],
        edges: vec![edge],
        ..Graph::default()
    };
    let text = svg(&Drawing::new(graph.clone()), &Options { theme: Theme::Light, ..Options::default() });
    let (before, rest) = text.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    insta::assert_snapshot!("svg", format!("{before}{after}"));
    insta::assert_snapshot!("dot", dot(&graph));
    insta::assert_snapshot!("mermaid", mermaid(&graph));
}
