//! Greece.

use super::numbers::{digits, is_luhn, is_short_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "gr-amka",
        title: "a Greek AMKA",
        category: Category::SocialSecurityNumber,
        country: "GR",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("0123")],
        valid: amka,
        words: &["amka", "αμκα"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gr-tax-number",
        title: "a Greek tax number",
        category: Category::TaxIdentifier,
        country: "GR",
        lengths: &[9],
        shapes: &[Shape::of("#########")],
        valid: is_tax_number,
        words: &["afm", "αφμ"],
        proof: Proof::Word,
    },
];

/// ΑΜΚΑ (act 3655/2008, Art. 153): date of birth, serial, Luhn.
fn amka(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, ..]| {
        is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && is_luhn(&all)
    })
}

/// ΑΦΜ (ΑΑΔΕ; OECD, TIN of Greece): powers of two, mod 11, mod 10.
pub fn is_tax_number(text: &[u8]) -> bool {
    digits::<9>(text)
        .is_some_and(|all @ [.., check]| weighted(&all, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check)
}
