//! Streams of YAML of every kind, each named by what it tries.

use super::scalars::{block, double_quoted, plain, single_quoted, word};
use crate::judges::Dice;

/// One stream, and what it tries.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub class: &'static str,
    pub text: String,
}

type Maker = fn(&mut Dice) -> String;

/// Classes and what makes them.
const MAKERS: &[(&str, Maker)] = &[
    ("plain scalars", |dice| {
        let scalar = plain(dice);
        place(dice, &scalar)
    }),
    ("quoted scalars", |dice| {
        let scalar = if dice.chance(35) { single_quoted(dice) } else { double_quoted(dice) };
        place(dice, &scalar)
    }),
    ("block scalars", blocks),
    ("plain scalars of several lines", folded),
    ("keys", keys),
    ("tags", tags),
    ("anchors, aliases and merge keys", anchors),
    ("flow collections", |dice| {
        let flow = flow(dice, 3);
        place(dice, &flow)
    }),
    ("nested collections", |dice| nested(dice, 0, 4)),
    ("documents, comments and line ends", streams),
    ("doubled keys", doubled),
    ("one character changed", changed),
];

/// The next stream.
pub(super) fn case(dice: &mut Dice) -> Case {
    let (class, make) = *MAKERS.get(dice.below(MAKERS.len())).unwrap_or(&("keys", keys));
    Case { class, text: make(dice) }
}

/// All classes, in the order of the page.
pub(super) fn classes() -> impl Iterator<Item = &'static str> {
    MAKERS.iter().map(|(class, _)| *class)
}

/// A scalar or a flow collection where one may stand.
fn place(dice: &mut Dice, text: &str) -> String {
    match dice.below(9) {
        0 => format!("{text}\n"),
        1 => format!("- {text}\n- b\n"),
        2 => format!("a: [{text}, b]\n"),
        3 => format!("a: {{k: {text}, b: c}}\n"),
        4 => format!("a:\n  {text}\n"),
        5 => format!("a:\n- {text}\nb: c\n"),
        6 => format!("a: {text}   # why\nb: c\n"),
        7 => format!("a: {text}"),
        _ => format!("a: {text}\nb: c\n"),
    }
}

fn blocks(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => format!("a:\n  b: {}  c: d\n", block(dice, 4)),
        1 => format!("- {}- b\n", block(dice, 2)),
        2 => block(dice, 1),
        3 => format!("- a: {}  b: c\n", block(dice, 4)),
        _ => format!("a: {}b: c\n", block(dice, 2)),
    }
}

fn folded(dice: &mut Dice) -> String {
    const LINES: &[&str] = &[
        "a", "b c", "yes", "12", "# not", "x #y", "x # y", "- z", "k: v", "k:", "'q'", "", "", "[", "a,b", "\tt", "e ",
    ];
    let indent = " ".repeat(dice.below(4));
    let mut text = String::new();
    for _ in 0..=dice.below(4) {
        text.push_str(&format!("{}\n{indent}", dice.pick(LINES)));
    }
    match dice.below(5) {
        0 => format!("a: [{text}]\n"),
        1 => format!("- {text}\n- b\n"),
        2 => format!("a:\n  {text}\nb: c\n"),
        3 => text,
        _ => format!("a: {text}\nb: c\n"),
    }
}

fn scalar(dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => single_quoted(dice),
        1 => double_quoted(dice),
        2 | 3 => plain(dice),
        _ => word(dice),
    }
}

fn keys(dice: &mut Dice) -> String {
    let key = scalar(dice);
    match dice.below(7) {
        0 => format!("? {key}\n: v\n"),
        1 => format!("{{{key}: v}}\n"),
        2 => format!("{{{key} : v, b: c}}\n"),
        3 => format!("[{key}: v]\n"),
        4 => format!("? {key}\nb: c\n"),
        5 => format!("{key} :  v\nb: c\n"),
        _ => format!("{key}: v\nb: c\n"),
    }
}

fn tags(dice: &mut Dice) -> String {
    const TAGS: &[&str] = &[
        "!!str",
        "!!int",
        "!!float",
        "!!bool",
        "!!null",
        "!!binary",
        "!!timestamp",
        "!!map",
        "!!seq",
        "!!set",
        "!!omap",
        "!!merge",
        "!!unknown",
        "!",
        "!own",
        "!e!x",
        "!<tag:yaml.org,2002:str>",
        "!<tag:yaml.org,2002:int>",
        "!<tag:yaml.org,2002:bool>",
        "!<own>",
        "!<",
        "!!",
        "!a%21b",
        "tag:yaml.org,2002:str",
    ];
    let tag = dice.pick(TAGS);
    let value = match dice.below(10) {
        0 => block(dice, 2).trim_end().to_owned(),
        1 => flow(dice, 1),
        2 => "aGVsbG8=".to_owned(),
        3 => "not base64!".to_owned(),
        4 => "\n  b: c".to_owned(),
        5 => format!("&x {}", plain(dice)),
        _ => scalar(dice),
    };
    let directive = if dice.chance(10) { "%TAG !e! tag:example.com,2026:\n---\n" } else { "" };
    match dice.below(4) {
        0 => format!("{directive}- {tag} {value}\n"),
        1 => format!("{directive}{tag} {}: v\n", word(dice)),
        2 => format!("{directive}a: {{k: {tag} {}}}\n", word(dice)),
        _ => format!("{directive}a: {tag} {value}\n"),
    }
}

fn anchors(dice: &mut Dice) -> String {
    let base = dice.pick(&["{a: 1, b: 2}", "{a: 1, <<: {c: 3}}", "[{a: 1}, {b: 2}]", "word", "[]", "~", "{}", "'<<'"]);
    let merged =
        dice.pick(&["*x", "[*x, {a: 9, z: 1}]", "[{a: 8}, *x]", "{a: 7}", "[*x, *x]", "word", "~", "*y", "[1]", "[]"]);
    let merge = dice.pick(&["<<", "<<", "<<", "'<<'", "\"<<\"", "!!merge <<", "!!str <<", "<< "]);
    match dice.below(9) {
        0 => format!("x: &x {base}\ny:\n  {merge}: {merged}\n"),
        1 => format!("x: &x {base}\ny:\n  a: 0\n  {merge}: {merged}\n"),
        2 => format!("x: &x {base}\ny:\n  {merge}: {merged}\n  a: 0\n  b: 0\n"),
        3 => format!("x: &x {base}\ny:\n  {merge}: *x\n  {merge}: {merged}\n"),
        4 => format!("- &x {base}\n- *x\n- &x {}\n- *x\n- [*x , *x]\n", plain(dice)),
        5 => format!("x: &x\n  a: {}\ny: *x\n? *x\n: z\n", scalar(dice)),
        6 => format!("&k {}: v\nb: *k\n*k : w\n", scalar(dice)),
        7 => format!("x: &x {base}\n---\ny: *x\n"),
        _ => format!(
            "x: &{} {base}\ny: *{}\n",
            dice.pick(&["x", "x-y", "x:", "é", "1", "x,", ""]),
            dice.pick(&["x", "x-y", "x:", "é", "1"])
        ),
    }
}

fn flow(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.chance(25) {
        return scalar(dice);
    }
    let separator = dice.pick(&[", ", ",", " , ", ",\n  ", ", # why\n  ", " "]);
    let end = dice.pick(&["", "", "", ",", " ", ", ,", "\n"]);
    let count = dice.below(4);
    let mut parts = Vec::new();
    let list = dice.chance(50);
    for _ in 0..count {
        let value = flow(dice, depth - 1);
        parts.push(match dice.below(if list { 8 } else { 7 }) {
            0 => format!("{}: {value}", scalar(dice)),
            1 => format!("\"{}\":{value}", word(dice)),
            2 => format!("{}:", word(dice)),
            3 if !list => word(dice),
            4 => format!("? {} : {value}", word(dice)),
            5 if !list => format!("{}:{value}", word(dice)),
            _ if list => value,
            _ => format!("{}: {value}", word(dice)),
        });
    }
    let inside = parts.join(separator);
    if list { format!("[{inside}{end}]") } else { format!("{{{inside}{end}}}") }
}

fn nested(dice: &mut Dice, indent: usize, depth: usize) -> String {
    let pad = " ".repeat(indent);
    let list = dice.chance(40);
    let mut text = String::new();
    for index in 0..=dice.below(3) {
        let head = if list { format!("{pad}-") } else { format!("{pad}{}{index}:", word(dice)) };
        text.push_str(&head);
        if depth == 0 || dice.chance(40) {
            let value = match dice.below(6) {
                0 => block(dice, indent + 2).trim_end_matches('\n').to_owned(),
                1 => flow(dice, 2),
                _ => scalar(dice),
            };
            text.push_str(&format!(" {value}\n"));
        } else if list && dice.chance(60) {
            // The first key stands on the line of the dash.
            let inner = nested(dice, indent + 2, depth - 1);
            text.push_str(&format!(" {}", inner.trim_start_matches(' ')));
        } else {
            // A list may stand as far left as its key.
            let step = dice.pick(&[2, 2, 2, 1, 4, 0]);
            text.push_str(&format!("\n{}", nested(dice, indent + step, depth - 1)));
        }
        if dice.chance(8) {
            text.push_str(dice.pick(&["\n", "# why\n", "    # why\n", "  \n", "\t\n"]));
        }
    }
    text
}

fn streams(dice: &mut Dice) -> String {
    const LINES: &[&str] = &[
        "---",
        "---",
        "--- ",
        "--- # why",
        "---#no",
        "---\t",
        "--- a: b",
        "--- {a: b}",
        "--- |",
        "--- text",
        "...",
        "... # why",
        "...x",
        "%YAML 1.1",
        "%YAML 1.2",
        "%YAML 2.0",
        "%TAG ! tag:x,2026:",
        "%X",
        "# why",
        "#",
        " # in",
        "",
        "",
        "  ",
        "\t",
        "a: b",
        "c: d",
        "- e",
        "word",
        "\u{feff}a: b",
        "  deeper: x",
        "x: |",
        "  ---",
        " ---",
        "'q",
        "end'",
        "[",
        "]",
    ];
    let end = dice.pick(&["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\u{85}", "\u{2028}"]);
    let mut text = if dice.chance(15) { "\u{feff}".to_owned() } else { String::new() };
    for _ in 0..=dice.below(5) {
        text.push_str(dice.pick(LINES));
        text.push_str(end);
    }
    text
}

fn doubled(dice: &mut Dice) -> String {
    let first = scalar(dice);
    let second = if dice.chance(50) {
        first.clone()
    } else {
        dice.pick(&["\"1\"", "1", "01", "'yes'", "true", "0x1", "1.0", "a", "~", "null", "'a'"]).to_owned()
    };
    match dice.below(3) {
        0 => format!("{{{first}: 1, {second}: 2}}\n"),
        1 => format!("a:\n  {first}: 1\n  b: 0\n  {second}: 2\n"),
        _ => format!("{first}: 1\n{second}: 2\n"),
    }
}

/// An ordinary manifest, or any other stream, with one character added, taken away or doubled.
fn changed(dice: &mut Dice) -> String {
    const ADDED: &[char] = &[
        ' ', '\n', ':', '-', '#', '\'', '"', '{', '}', '[', ']', ',', '&', '*', '!', '|', '>', '%', '\t', '?', '\\',
        '0', '\r',
    ];
    let text = match dice.below(4) {
        0 => nested(dice, 0, 3),
        1 => {
            let flow = flow(dice, 2);
            place(dice, &flow)
        }
        _ => "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web, tier: \"1\"}\nspec:\n  containers:\n    - name: web\n      \
              image: \"nginx:1.2\" # pinned\n      args: [--port=80, '-v']\n      env:\n        - name: A\n          value: |\n            x\n            y\n"
            .to_owned(),
    };
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(2) {
        let at = dice.below(chars.len());
        let added = ADDED.get(dice.below(ADDED.len())).copied().unwrap_or(' ');
        match dice.below(3) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 => chars.get_mut(at).into_iter().for_each(|old| *old = added),
            _ => chars.insert(at, added),
        }
    }
    chars.into_iter().collect()
}
