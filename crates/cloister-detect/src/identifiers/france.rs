//! France.

use super::numbers::{digits, number};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "fr-social-security",
        title: "a French social security number",
        category: Category::SocialSecurityNumber,
        lengths: &[15],
        valid: |text| french(text).is_some_and(|valid| valid),
        words: &["nir", "insee", "securitesociale", "numerosecu", "secu"],
        proof: Proof::WordOrGroups,
    },
    Rule {
        kind: "fr-tax-number",
        title: "a French tax number",
        category: Category::TaxIdentifier,
        lengths: &[13],
        valid: |text| {
            digits::<13>(text).is_some_and(|all| {
                let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
                all.first().is_some_and(|first| *first <= 3) && number(body) % 511 == number(check)
            })
        },
        words: &["spi", "numerofiscal", "fiscal", "nif"],
        proof: Proof::Word,
    },
];

/// NIR: sex, year, month, department (2A and 2B for Corsica), key of 97.
fn french(text: &[u8]) -> Option<bool> {
    let mut plain: [u8; 15] = text.try_into().ok()?;
    match text.get(5..7)? {
        b"2A" => plain.get_mut(5..7)?.copy_from_slice(b"19"),
        b"2B" => plain.get_mut(5..7)?.copy_from_slice(b"18"),
        _ => {}
    }
    let all = digits::<15>(&plain)?;
    let (body, check) = all.split_at_checked(13)?;
    let [sex, _, _, m1, m2, ..] = all;
    let month = m1 * 10 + m2;
    let months = (1..=12).contains(&month) || (20..=42).contains(&month) || month >= 50;
    Some(matches!(sex, 1..=4 | 7 | 8) && months && 97 - number(body) % 97 == number(check))
}
