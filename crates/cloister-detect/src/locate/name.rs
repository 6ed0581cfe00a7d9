//! Names in paths: shown where they name something, masked where they may be somebody.

use std::collections::HashMap;

use crate::people::{is_given, is_person};
use crate::{MASK, mask};

/// Longer names are cut.
pub const LONGEST: usize = 128;
/// So many digits make a name a number.
const FEWEST_DIGITS: usize = 6;
/// Names that are remembered.
const REMEMBERED: usize = 1024;

/// A name on the way to a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    /// A detection lies in it.
    pub hidden: bool,
}

impl Name {
    /// A name from its bytes.
    pub fn of(bytes: &[u8], hidden: bool) -> Name {
        let text = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes)).into_owned();
        Name { text, hidden }
    }

    /// Becomes the name with these bytes: most names are followed by others of their length.
    pub fn set(&mut self, bytes: &[u8], hidden: bool) {
        self.hidden = hidden;
        match std::str::from_utf8(bytes.get(..LONGEST).unwrap_or(bytes)) {
            Ok(text) => {
                self.text.clear();
                self.text.push_str(text);
            }
            Err(_) => *self = Name::of(bytes, hidden),
        }
    }
}

/// Adds a byte to a name that is being read.
pub fn push(name: &mut Vec<u8>, bytes: &[u8]) {
    let room = LONGEST.saturating_sub(name.len());
    name.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

/// What names are shown as.
#[derive(Debug, Default)]
pub struct Names(HashMap<String, String>);

impl Names {
    /// The name, or as much of it as may be shown.
    pub fn shown(&mut self, name: &Name) -> &str {
        if name.hidden {
            return MASK;
        }
        if self.0.len() >= REMEMBERED && !self.0.contains_key(&name.text) {
            self.0.clear();
        }
        self.0.entry(name.text.clone()).or_insert_with_key(|text| shown(text))
    }

    /// The name as the name of a field; empty where it may not be shown.
    pub fn field(&mut self, name: &Name) -> String {
        if self.shown(name) == name.text { name.text.clone() } else { String::new() }
    }
}

fn shown(text: &str) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits >= FEWEST_DIGITS || text.contains('@') || is_person(text) {
        return MASK.to_owned();
    }
    mask(text)
}

/// Whether cells name columns: words without values among them, of which none is a person's.
pub fn are_names(cells: &[String]) -> bool {
    let word = |cell: &String| {
        let letters = cell.chars().filter(|letter| letter.is_alphabetic()).count();
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        let plain =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | '/' | '(' | ')' | '#' | '%' | ':');
        cell.is_empty() || letters > digits && cell.len() <= LONGEST && cell.chars().all(plain) && shown(cell) == *cell
    };
    let named = |cell: &String| cell.split_whitespace().any(is_given);
    cells.iter().any(|cell| !cell.is_empty()) && cells.iter().all(word) && !cells.iter().any(named)
}
