//! XML, and bodies of forms of the web.

use cloister_dice::Dice;

use super::keys::Style;
use super::{Column, row};
use crate::document::Document;
use crate::language::Language;

/// Elements, or attributes of one.
pub fn xml(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = dice.pick(&[Style::Camel, Style::Pascal, Style::Snake, Style::Kebab]);
    let as_attributes = dice.chance(30);
    document.push("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<records>\n");
    for _ in 0..1 + dice.below(2) {
        document.push(if as_attributes { "  <record" } else { "  <record>\n" });
        for (column, value) in row(columns, language, dice) {
            let name = style.join(&column.called.key);
            document.push(&if as_attributes { format!(" {name}=\"") } else { format!("    <{name}>") });
            document.plant(&value, column.told, escaped);
            document.push(&if as_attributes { "\"".to_owned() } else { format!("</{name}>\n") });
        }
        document.push(if as_attributes { "/>\n" } else { "  </record>\n" });
    }
    document.push("</records>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `a=1&b=2`.
pub fn form_encoded(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = Style::of_objects(dice);
    document.push("step=2");
    for (column, value) in row(columns, language, dice) {
        document.push(&format!("&{}=", percent(&style.join(&column.called.key))));
        document.plant(&value, column.told, percent);
    }
    document.push("\n");
}

/// As browsers send it (URL Standard, application/x-www-form-urlencoded).
pub fn percent(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => written.push(char::from(byte)),
            b' ' => written.push('+'),
            other => written.push_str(&format!("%{other:02X}")),
        }
    }
    written
}
