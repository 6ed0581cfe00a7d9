//! Portugal.

use super::numbers::{digits, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "pt-tax-number",
        title: "a Portuguese tax number",
        category: Category::TaxIdentifier,
        lengths: &[9],
        valid: |text| {
            digits::<9>(text).is_some_and(|all @ [first, .., check]| {
                first > 0 && (11 - weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == check
            })
        },
        words: &["nif", "contribuinte"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pt-citizen-card",
        title: "a Portuguese citizen card",
        category: Category::IdentityDocument,
        lengths: &[12],
        valid: |text| portuguese_card(text).is_some_and(|valid| valid),
        words: &["cartaodecidadao", "citizencard", "cartaocidadao"],
        proof: Proof::Word,
    },
];

/// Eight digits and a check digit, two signs of the version, a check over base 36.
fn portuguese_card(text: &[u8]) -> Option<bool> {
    digits::<9>(text.get(..9)?)?;
    digits::<1>(text.get(11..)?)?;
    let sum = text.iter().rev().enumerate().try_fold(0, |sum, (index, b)| {
        let value = char::from(*b).to_digit(36)?;
        let doubled = if value * 2 > 9 { value * 2 - 9 } else { value * 2 };
        Some(sum + if index % 2 == 0 { value } else { doubled })
    })?;
    Some(sum % 10 == 0)
}
