//! Czechia and Slovakia, whose birth numbers are those of one former state.

use super::numbers::{digits, is_date, number};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "cz-birth-number",
    title: "a Czech or Slovak birth number",
    category: Category::NationalIdentifier,
    country: "CZ SK",
    lengths: &[9, 10],
    shapes: &[Shape::of("#########"), Shape::of("##########")],
    valid: is_birth_number,
    words: &["rodnecislo", "birthnumber"],
    proof: Proof::Word,
}];

/// Rodné číslo (CZ: act 133/2000 § 13; SK: act 301/1995 § 2): date, the month raised by 50 for women and by 20 more
/// where serials ran out. Nine digits, without check, until 1953; ten since.
pub fn is_birth_number(text: &[u8]) -> bool {
    match text.len() {
        9 => digits::<9>(text).is_some_and(|[y1, y2, m1, m2, d1, d2, ..]| {
            let short = y1 * 10 + y2;
            let century = if short >= 80 { 1800 } else { 1900 };
            !(54..80).contains(&short) && dated(century + short, m1 * 10 + m2, d1 * 10 + d2)
        }),
        _ => digits::<10>(text).is_some_and(|[y1, y2, m1, m2, d1, d2, s1, s2, s3, check]| {
            let short = y1 * 10 + y2;
            let century = if short >= 54 { 1900 } else { 2000 };
            number(&[y1, y2, m1, m2, d1, d2, s1, s2, s3]) % 11 % 10 == u64::from(check)
                && dated(century + short, m1 * 10 + m2, d1 * 10 + d2)
        }),
    }
}

fn dated(year: u32, month: u32, day: u32) -> bool {
    let month = month % 50;
    is_date(year, if month > 20 { month - 20 } else { month }, day)
}
