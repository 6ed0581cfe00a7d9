//! Ireland.

use super::numbers::{digits, letter, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "ie-pps-number",
    title: "an Irish PPS number",
    category: Category::SocialSecurityNumber,
    lengths: &[8, 9],
    valid: |text| irish(text).is_some_and(|valid| valid),
    words: &["pps", "ppsn"],
    proof: Proof::Word,
}];

/// PPSN: the second letter counts ninefold when it is A, B or H.
fn irish(text: &[u8]) -> Option<bool> {
    let all = digits::<7>(text.get(..7)?)?;
    let check = *text.get(7)?;
    let extra = match text.get(8) {
        None | Some(b'W' | b'T' | b'X') => 0,
        Some(second @ (b'A' | b'B' | b'H')) => u32::from(second - b'A') + 1,
        Some(b'I' | b'P' | b'S') => return Some(false),
        Some(_) => return Some(false),
    };
    let sum = weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra;
    Some(letter(b"WABCDEFGHIJKLMNOPQRSTUV", u64::from(sum % 23)) == Some(check))
}
