//! Rows that are planted: invented, and hard to write.

use cloister_dice::Dice;
use serde_json::{Value, json};

/// The columns of every table, and whether their values are numbers.
pub(crate) const COLUMNS: [&str; 9] = ["id", "name", "email", "born", "amount", "note", "seen", "uid", "big"];

/// A row; each value as its text.
pub(crate) type Row = [String; 9];

/// What makes text hard to carry.
const HARD: [&str; 10] = ["'", "\"", "\\", "\t", "\n", ",", "; --", "$1", "Ž\u{1f600}é", "\\N"];

/// Rows; the last may have a long note.
pub(crate) fn rows(dice: &mut Dice, count: usize, long: bool) -> Vec<Row> {
    (0..count).map(|index| row(dice, index, long && index + 1 == count)).collect()
}

fn row(dice: &mut Dice, index: usize, long: bool) -> Row {
    let hard = |dice: &mut Dice| HARD.get(dice.below(HARD.len())).copied().unwrap_or_default();
    let name = format!("Test{} {}Person{}", dice.below(1000), hard(dice), hard(dice));
    let email = format!("person{}@example.org", dice.below(100_000));
    let (year, month, day) = (1900 + dice.below(120), 1 + dice.below(12), 1 + dice.below(28));
    let note = if long { "long note ".repeat(30_000) } else { format!("{} note {}", hard(dice), dice.below(100)) };
    let uid = format!("{:016x}{:016x}", dice.number(), dice.number());
    let part = |from: usize, to: usize| uid.get(from..to).unwrap_or_default();
    [
        (1000 + index).to_string(),
        name,
        email,
        format!("{year}-{month:02}-{day:02}"),
        format!("{}.{:02}", dice.below(1_000_000), dice.below(100)),
        note,
        format!("20{:02}-{:02}-{day:02} {:02}:{:02}:07", dice.below(30), month, dice.below(24), dice.below(60)),
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)),
        (dice.number() >> 8).to_string(),
    ]
}

/// For the clients.
pub(crate) fn json(rows: &[Row]) -> Value {
    json!(rows)
}
