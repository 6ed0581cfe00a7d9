//! The many ways to write a string.

use super::pieces::{ESCAPES, PIECES};
use super::words::PLAIN;
use crate::judges::Dice;

pub(super) fn plain(dice: &mut Dice) -> String {
    if dice.chance(12) { number(dice) } else { dice.pick(PLAIN).to_owned() }
}

/// Something that may be a number: digits and all that stands among them.
fn number(dice: &mut Dice) -> String {
    const PARTS: &[&str] =
        &["0", "1", "7", "8", "9", "12", "_", ".", "e", "E", "+", "-", "x", "o", "b", "a", "f", ":", "00"];
    let start = dice.pick(&["", "", "-", "+", "0", "0x", "0o", "0b", ".", "1"]);
    (0..=dice.below(5)).fold(start.to_owned(), |text, _| text + dice.pick(PARTS))
}

/// A word that means itself everywhere.
pub(super) fn word(dice: &mut Dice) -> String {
    dice.pick(&["a", "b", "key", "name", "web", "x-1", "some_name", "v1.2"]).to_owned()
}

pub(super) fn single_quoted(dice: &mut Dice) -> String {
    let inside = (0..dice.below(4)).fold(String::new(), |text, _| {
        text + if dice.chance(15) {
            "''"
        } else if dice.chance(5) {
            "\\"
        } else {
            dice.pick(PIECES)
        }
    });
    format!("'{inside}'")
}

pub(super) fn double_quoted(dice: &mut Dice) -> String {
    let inside = (0..dice.below(4))
        .fold(String::new(), |text, _| text + if dice.chance(50) { dice.pick(ESCAPES) } else { dice.pick(PIECES) });
    format!("\"{inside}\"")
}

/// A block scalar whose lines stand `indent` spaces in.
pub(super) fn block(dice: &mut Dice, indent: usize) -> String {
    const LINES: &[&str] = &[
        "a",
        "b c",
        "",
        "",
        " more",
        "  much more",
        "\ttab",
        "# no comment",
        "- x",
        "k: v",
        "'q'",
        "\\n",
        "trail ",
        "trail\t",
        "é",
        "---",
        "%a",
        "...",
        "{{ x }}",
        "yes",
        "\u{85}",
        "\u{2028}",
    ];
    let style = dice.pick(&["|", ">"]);
    let chomp = dice.pick(&["", "", "-", "+"]);
    let hint = if dice.chance(25) { dice.pick(&["1", "2", "3", "4", "0", "9", "10"]) } else { "" };
    let (first, second) = if dice.chance(50) { (chomp, hint) } else { (hint, chomp) };
    let rest = dice.pick(&["", "", "", "", " ", " # why", " #", "#no", " x"]);
    let mut text = format!("{style}{first}{second}{rest}\n");
    let indent = if dice.chance(90) { indent } else { dice.below(5) };
    for _ in 0..dice.below(6) {
        let line: &str = dice.pick(LINES);
        let blank = line.is_empty() && dice.chance(70);
        text.push_str(&" ".repeat(if blank { dice.below(indent + 3) } else { indent }));
        text.push_str(line);
        text.push('\n');
    }
    if dice.chance(80) { text } else { text.trim_end_matches('\n').to_owned() }
}
