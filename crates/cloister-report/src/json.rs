//! The published form: an [`Assessment`] as it serialises itself.

use std::fmt::Write as _;

use cloister_assessment::Assessment;
use serde::Serialize;

use cloister_model::is_hostile;

/// The assessment as JSON, indented, with a line break at the end.
pub fn render(assessment: &Assessment) -> String {
    pretty(assessment)
}

/// What was read as JSON, indented, and harmless to print.
pub fn value(value: &serde_json::Value) -> String {
    pretty(value)
}

/// Any value as JSON that is also harmless to print.
pub(crate) fn pretty(value: &impl Serialize) -> String {
    // Serialising plain data with string keys cannot fail.
    let mut text = escape(&serde_json::to_string_pretty(value).unwrap_or_default());
    text.push('\n');
    text
}

/// Writes invisible and reordering characters as `\uXXXX`. They can stand only
/// inside strings here, where both spellings mean the same.
fn escape(json: &str) -> String {
    if !json.contains(|character| character != '\n' && is_hostile(character)) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if character == '\n' || !is_hostile(character) {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_mean_the_same() {
        let value = "\u{1b}[31m \u{9b} \u{202e} \u{e0041} Müller";
        let json = super::pretty(&value);
        assert!(json.trim_end().is_ascii() || json.contains("Müller"));
        assert!(!json.trim_end().contains(super::is_hostile));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }
}
