//! Poland.

use super::numbers::{digits, is_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "pl-pesel",
        title: "a Polish PESEL",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| {
            digits::<11>(text).is_some_and(|all| {
                let [y1, y2, m1, m2, d1, d2, ..] = all;
                let month = m1 * 10 + m2;
                let century = match month / 20 {
                    0 => 1900,
                    1 => 2000,
                    2 => 2100,
                    3 => 2200,
                    _ => 1800,
                };
                is_date(century + y1 * 10 + y2, month % 20, d1 * 10 + d2)
                    && weighted(&all, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
            })
        },
        words: &["pesel"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pl-nip",
        title: "a Polish tax number",
        category: Category::TaxIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text)
                .is_some_and(|all @ [.., check]| weighted(&all, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check)
        },
        words: &["nip"],
        proof: Proof::Word,
    },
];
