//! JSON, JSON lines and YAML.

use cloister_dice::Dice;

use super::keys::Style;
use super::{Column, row};
use crate::document::Document;
use crate::language::Language;
use crate::value::Value;

/// Names of objects within objects.
const PARTS: [&str; 4] = ["patient", "customer", "details", "payload"];

/// An object with some of its values in an inner one, and rows in a list.
pub fn json(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = Style::of_objects(dice);
    let (outer, inner) = columns.split_at_checked(dice.below(columns.len().max(1))).unwrap_or((columns, &[]));
    document.push("{\n  \"id\": ");
    document.push(&dice.below(100_000).to_string());
    document.push(",\n");
    for (column, value) in row(outer, language, dice) {
        document.push("  ");
        member(document, column, &value, style, ": ");
        document.push(",\n");
    }
    document.push(&format!("  \"{}\": [\n", dice.pick(&PARTS)));
    let rows = 1 + dice.below(2);
    for index in 0..rows {
        document.push("    {\"active\": true");
        for (column, value) in row(inner, language, dice) {
            document.push(", ");
            member(document, column, &value, style, ": ");
        }
        document.push(if index + 1 < rows { "},\n" } else { "}\n" });
    }
    document.push("  ]\n}\n");
}

/// One object a line, of the same members.
pub fn json_lines(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = Style::of_objects(dice);
    for index in 0..2 + dice.below(3) {
        document.push(&format!("{{\"id\":{index}"));
        for (column, value) in row(columns, language, dice) {
            document.push(",");
            member(document, column, &value, style, ":");
        }
        document.push("}\n");
    }
}

fn member(document: &mut Document, column: &Column, value: &Value, style: Style, colon: &str) {
    document.push(&format!("\"{}\"{colon}", style.join(&column.called.key)));
    // A number may stand without quotes.
    let bare = value.text.len() < 16 && !value.text.starts_with('0') && value.text.bytes().all(|b| b.is_ascii_digit());
    let quote = if bare && value.text.ends_with(['1', '4', '7']) { "" } else { "\"" };
    document.push(quote);
    document.plant(value, column.told, |text| text.replace('\\', "\\\\").replace('"', "\\\""));
    document.push(quote);
}

/// A list of mappings.
pub fn yaml(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = Style::of_objects(dice);
    let quote = dice.pick(&["", "\"", "'"]);
    document.push("people:\n");
    for _ in 0..1 + dice.below(2) {
        document.push("  - active: true\n");
        for (column, value) in row(columns, language, dice) {
            document.push(&format!("    {}: {quote}", style.join(&column.called.key)));
            document.plant(&value, column.told, |text| text.replace('\'', "’"));
            document.push(quote);
            document.push("\n");
        }
    }
}
