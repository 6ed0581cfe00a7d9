//! What Kubernetes' reader takes and YAML 1.2 does not, and the other way round. All of it was
//! read off sigs.k8s.io/yaml; `cargo xtask judge yaml` compares with it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use cloister_manifest::{Interner, parse_trees};
use cloister_model::{DiagnosticLevel, Node};

fn read(text: &str) -> Result<Vec<Node>, String> {
    let (trees, diagnostics) = parse_trees(text, "t.yaml", &mut Interner::default());
    match diagnostics.into_iter().find(|diagnostic| diagnostic.level == DiagnosticLevel::Error) {
        Some(error) => Err(error.message.to_string()),
        None => Ok(trees),
    }
}

fn word(text: &str, path: &str) -> Option<String> {
    read(text).unwrap()[0].at(path).unwrap().scalar()
}

#[test]
fn brackets_may_close_as_far_left_as_they_like() {
    let text = "args: [\n  a,\nb\n]\nmap: {\nk: v\n}\nlast: end\n";
    let tree = &read(text).unwrap()[0];
    assert_eq!(tree.items_at("args").len(), 2);
    assert_eq!(tree.items_at("args")[1].mark.line, 3);
    assert_eq!(tree.items_at("args")[1].mark.column, 1);
    assert_eq!(tree.at("map/k").unwrap().as_str(), Some("v"));
    assert_eq!(tree.at("last").unwrap().mark.line, 8);
}

#[test]
fn quoted_strings_may_go_on_as_far_left_as_they_like() {
    assert_eq!(word("a:\n  b: \"one\ntwo\n\n three\"\n", "a/b").as_deref(), Some("one two\nthree"));
    assert_eq!(word("a: \"it\\'s\"\n", "a").as_deref(), Some("it's"));
}

#[test]
fn a_tab_may_follow_a_colon() {
    assert_eq!(word("a:\tb:c\nd:\t\te\n", "d").as_deref(), Some("e"));
}

#[test]
fn merges_count_where_they_stand() {
    let text = "x: &x {a: 1, b: 1}\nbefore:\n  a: 0\n  <<: *x\nafter:\n  <<: *x\n  a: 0\nquoted:\n  '<<': *x\n\
                list:\n  <<: [{a: 7}, *x]\n";
    assert_eq!(word(text, "before/a").as_deref(), Some("1"));
    assert_eq!(word(text, "after/a").as_deref(), Some("0"));
    assert_eq!(word(text, "list/a").as_deref(), Some("7"));
    assert_eq!(word(text, "list/b").as_deref(), Some("1"));
    assert!(read(text).unwrap()[0].at("quoted").unwrap().get("<<").is_some());
    assert!(read("a:\n  <<: word\n").is_err());
    assert!(read("x: &x [{a: 1}]\ny:\n  <<: *x\n").is_err());
}

#[test]
fn what_kubernetes_refuses_is_refused() {
    for text in
        ["a: .inf\n", "a: !!int web\n", "~: a\n", "a: \"\u{1}\"\n", "--- a: b\n", "---a: b\n", "%YAML 1.1\n---\na: b\n"]
    {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn nothing_is_read_after_the_end_of_a_document() {
    let (trees, diagnostics) = parse_trees("a: b\n...\nc: d\n", "t.yaml", &mut Interner::default());
    assert_eq!(trees.len(), 1);
    assert_eq!(diagnostics[0].line, Some(3));
}

#[test]
fn a_colon_right_before_a_bracket_or_comma_belongs_to_the_word() {
    let tree =
        &read("map: {é:, b: c}\nlist: [it's:, &x y:]\nmap2: {two\n  lines:, b: c}\nurl: {a: http://x.example/}\n")
            .unwrap()[0];
    assert_eq!(&*tree.entries_at("map")[0].key, "é:");
    assert_eq!(tree.items_at("list")[0].as_str(), Some("it's:"));
    assert_eq!(tree.items_at("list")[1].as_str(), Some("y:"));
    assert_eq!(&*tree.entries_at("map2")[0].key, "two lines:");
    assert_eq!(tree.str_at("url/a"), Some("http://x.example/"));
    assert!(read("a: {b:[c]}\n").is_err());
}

#[test]
fn lines_end_in_a_carriage_return_too() {
    let tree = &read("# old\rx: y\ra: {é:, b: \"it\\'s\"}\r").unwrap()[0];
    assert_eq!(&*tree.entries_at("a")[0].key, "é:");
    assert_eq!(tree.str_at("a/b"), Some("it's"));
}

#[test]
fn a_string_over_two_lines_is_folded_in_brackets_too() {
    let (trees, _) = parse_trees("{\"a\": \"one\n  two\"}", "t.json", &mut Interner::default());
    assert_eq!(trees.first().and_then(|tree| tree.str_at("a")), Some("one two"));
}

#[test]
fn a_no_break_space_is_a_letter() {
    assert_eq!(read("[\u{a0} ]\n").unwrap()[0].items()[0].as_str(), Some("\u{a0}"));
    let tree = &read("- {é: \u{a0} name:}\n").unwrap()[0];
    assert_eq!(tree.items()[0].str_at("é"), Some("\u{a0} name:"));
}

#[test]
fn spaces_at_the_end_of_a_block_are_no_line_of_it() {
    assert_eq!(word("a: |\n  b\n  ", "a").as_deref(), Some("b\n"));
    assert_eq!(word("a:\n  b: > #\n    c\n    d\n    ", "a/b").as_deref(), Some("c d\n"));
    assert_eq!(word("a: |\n  b\n    ", "a").as_deref(), Some("b\n  \n"), "more of them than the indentation are");
    assert_eq!(word("a: |+\n  b\n  ", "a").as_deref(), Some("b\n\n"), "and all that are kept");
}

#[test]
fn escapes_beyond_unicode_are_refused() {
    assert!(read("a: \"\\U00110000\"\n").unwrap_err().contains("escape"));
}
