//! Malta.

use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "mt-identity-card",
    title: "a Maltese identity card",
    category: Category::NationalIdentifier,
    country: "MT",
    lengths: &[8],
    shapes: &[Shape::of("#######@")],
    // Seven digits and the letter of a register (Identity Card and other Identity Documents Act, cap. 258); no check.
    valid: |text| match text.split_last() {
        Some((letter, body)) => body.len() == 7 && body.iter().all(u8::is_ascii_digit) && b"MGAPLHBZ".contains(letter),
        None => false,
    },
    words: &["identitycard", "idcard", "kartataidentita", "karta", "maltaid"],
    proof: Proof::OwnWord,
}];
