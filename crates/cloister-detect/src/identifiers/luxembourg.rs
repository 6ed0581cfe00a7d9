//! Luxembourg.

use super::numbers::{digits, is_date, is_luhn};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "lu-national-number",
    title: "a Luxembourg national number",
    category: Category::NationalIdentifier,
    lengths: &[13],
    valid: |text| luxembourgish(text).is_some_and(|valid| valid),
    words: &["matricule"],
    proof: Proof::Word,
}];

/// Thirteen digits: date of birth, Luhn, Verhoeff.
fn luxembourgish(text: &[u8]) -> Option<bool> {
    let all @ [y1, y2, y3, y4, m1, m2, d1, d2, a, b, c, luhn, check] = digits::<13>(text)?;
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    let body = [y1, y2, y3, y4, m1, m2, d1, d2, a, b, c];
    let first = all.split_at_checked(12)?.0;
    let dated = (1850..2100).contains(&year) && is_date(year, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && luhn < 10 && is_luhn(first) && verhoeff(&body, check))
}

/// Verhoeff's dihedral check, computed: the group D5 and the powers of one permutation.
fn verhoeff(body: &[u32], check: u32) -> bool {
    const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let permuted = |digit: u32, times: usize| {
        (0..times % 8).fold(digit, |digit, _| PERMUTATION.get(digit as usize).copied().unwrap_or(0))
    };
    let with_check = body.iter().chain([&check]);
    with_check.rev().enumerate().fold(0, |state, (index, digit)| times(state, permuted(*digit, index))) == 0
}
