//! Cyprus.

use super::numbers::digits;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "cy-tax-number",
    title: "a Cypriot tax number",
    category: Category::TaxIdentifier,
    lengths: &[9],
    valid: |text| cypriot(text).is_some_and(|valid| valid),
    words: &["cyprustax"],
    proof: Proof::Word,
}];

/// Odd places by a table, even ones as they are; the letter is the sum mod 26.
fn cypriot(text: &[u8]) -> Option<bool> {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let (check, body) = text.split_last()?;
    let all = digits::<8>(body)?;
    let sum: u32 = all
        .iter()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { ODD.get(*digit as usize).copied().unwrap_or(0) } else { *digit })
        .sum();
    let natural = all.first().is_some_and(|first| matches!(first, 0 | 9));
    Some(natural && u32::from(check.wrapping_sub(b'A')) == sum % 26)
}
