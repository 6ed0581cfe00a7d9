//! Slovenia.

use super::numbers::{digits, is_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "si-emso",
        title: "a Slovenian EMŠO",
        category: Category::NationalIdentifier,
        lengths: &[13],
        valid: |text| {
            digits::<13>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, y3, .., check]| {
                let year = y1 * 100 + y2 * 10 + y3;
                let year = if year < 800 { 2000 + year } else { 1000 + year };
                let sum = weighted(&all, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
                is_date(year, m1 * 10 + m2, d1 * 10 + d2) && (11 - sum % 11) % 11 % 10 == check
            })
        },
        words: &["emso"],
        proof: Proof::Word,
    },
    Rule {
        kind: "si-tax-number",
        title: "a Slovenian tax number",
        category: Category::TaxIdentifier,
        lengths: &[8],
        valid: |text| {
            digits::<8>(text).is_some_and(|all @ [first, .., check]| {
                let rest = 11 - weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) % 11;
                first > 0 && rest != 11 && rest % 10 == check
            })
        },
        words: &["davcna"],
        proof: Proof::Word,
    },
];
