//! The Netherlands.

use super::numbers::{digits, number, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "nl-citizen-number",
        title: "a Dutch citizen service number",
        category: Category::NationalIdentifier,
        lengths: &[9],
        valid: |text| dutch(text) == Some(0),
        words: &["bsn", "burgerservice", "sofinummer", "sofi"],
        proof: Proof::Word,
    },
    Rule {
        kind: "nl-education-number",
        title: "a Dutch education number",
        category: Category::Education,
        lengths: &[9],
        valid: |text| text.starts_with(b"10") && dutch(text) == Some(5),
        words: &["onderwijsnummer"],
        proof: Proof::Word,
    },
];

/// The sum of the eleven test.
fn dutch(text: &[u8]) -> Option<u32> {
    let all @ [.., last] = digits::<9>(text)?;
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 0]) + 11 - last;
    (number(&all) > 0).then_some(sum % 11)
}
