//! Spain.

use super::numbers::{digits, letter, number};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "es-dni",
        title: "a Spanish DNI",
        category: Category::NationalIdentifier,
        lengths: &[9],
        valid: |text| text.first().is_some_and(u8::is_ascii_digit) && spanish(text).is_some_and(|valid| valid),
        words: &["dni", "nif"],
        proof: Proof::Word,
    },
    Rule {
        kind: "es-nie",
        title: "a Spanish foreigner's number",
        category: Category::NationalIdentifier,
        lengths: &[9],
        valid: |text| !text.first().is_some_and(u8::is_ascii_digit) && spanish(text).is_some_and(|valid| valid),
        words: &["nie", "extranjero"],
        proof: Proof::Word,
    },
];

/// DNI and NIE (X, Y, Z for 0, 1, 2): the letter is the number mod 23.
fn spanish(text: &[u8]) -> Option<bool> {
    let mut plain: [u8; 9] = text.try_into().ok()?;
    let first = plain.first_mut()?;
    if matches!(first, b'X' | b'Y' | b'Z') {
        *first -= b'X' - b'0';
    }
    let [body @ .., check] = plain;
    let body = digits::<8>(&body)?;
    Some(letter(b"TRWAGMYFPDXBNJZSQVHLCKE", number(&body) % 23) == Some(check))
}
