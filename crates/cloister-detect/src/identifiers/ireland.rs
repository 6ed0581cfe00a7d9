//! Ireland.

use super::numbers::{digits, letter, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "ie-pps-number",
    title: "an Irish PPS number",
    category: Category::SocialSecurityNumber,
    country: "IE",
    lengths: &[8, 9],
    shapes: &[Shape::of("#######@"), Shape::of("#######@@")],
    valid: |text| pps(text).is_some_and(|valid| valid),
    words: &["pps", "ppsn"],
    proof: Proof::Word,
}];

/// PPSN (Department of Social Protection; S.I. 2012): the second letter counts ninefold when it is A, B or H, and not
/// when it is one of the older W, T and X.
fn pps(text: &[u8]) -> Option<bool> {
    let all = digits::<7>(text.get(..7)?)?;
    let extra = match text.get(8..)? {
        [] | [b'W' | b'T' | b'X'] => 0,
        [second @ (b'A' | b'B' | b'H')] => u32::from(second - b'A') + 1,
        _ => return Some(false),
    };
    Some(check_letter(&all, extra) == text.get(7).copied())
}

/// The check letter of seven digits, with what a second letter adds.
pub fn check_letter(digits: &[u32; 7], extra: u32) -> Option<u8> {
    let sum = weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra;
    letter(b"WABCDEFGHIJKLMNOPQRSTUV", u64::from(sum % 23))
}
