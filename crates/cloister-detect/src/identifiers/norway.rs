//! Norway.

use super::numbers::{digits, is_short_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "no-birth-number",
    title: "a Norwegian birth number",
    category: Category::NationalIdentifier,
    lengths: &[11],
    valid: |text| norwegian(text).is_some_and(|valid| valid),
    words: &["fodselsnummer", "fodselsnr", "personnummer", "dnummer", "fnr"],
    proof: Proof::Word,
}];

/// Fødselsnummer and D-number (day raised by 40): two checks.
fn norwegian(text: &[u8]) -> Option<bool> {
    let all @ [d1, d2, m1, m2, y1, y2, .., k1, k2] = digits::<11>(text)?;
    let day = (d1 * 10 + d2) % 40;
    let first = (11 - weighted(&all, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Some(is_short_date(y1 * 10 + y2, m1 * 10 + m2, day) && first == k1 && second == k2)
}
