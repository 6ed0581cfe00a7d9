//! Czechia and Slovakia.

use super::numbers::{digits, is_date, number};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "cz-birth-number",
    title: "a Czech or Slovak birth number",
    category: Category::NationalIdentifier,
    lengths: &[10],
    valid: |text| {
        digits::<10>(text).is_some_and(|all @ [y1, y2, m1, m2, d1, d2, .., check]| {
            let month = (m1 * 10 + m2) % 50;
            let year = y1 * 10 + y2;
            let month = if month > 20 { month - 20 } else { month };
            // Ten digits are given since 1954.
            let year = if year >= 54 { 1900 + year } else { 2000 + year };
            all.split_at_checked(9).is_some_and(|(body, _)| number(body) % 11 % 10 == u64::from(check))
                && is_date(year, month, d1 * 10 + d2)
        })
    },
    words: &["rodnecislo", "birthnumber"],
    proof: Proof::Word,
}];
