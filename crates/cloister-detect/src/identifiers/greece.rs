//! Greece.

use super::numbers::{digits, is_luhn, is_short_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "gr-amka",
        title: "a Greek AMKA",
        category: Category::SocialSecurityNumber,
        lengths: &[11],
        valid: |text| {
            digits::<11>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, ..]| {
                is_luhn(&all) && is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2)
            })
        },
        words: &["amka"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gr-tax-number",
        title: "a Greek tax number",
        category: Category::TaxIdentifier,
        lengths: &[9],
        valid: |text| {
            digits::<9>(text)
                .is_some_and(|all @ [.., check]| weighted(&all, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check)
        },
        words: &["afm"],
        proof: Proof::Word,
    },
];
