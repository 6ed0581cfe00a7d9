//! Slovenia.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "si-emso",
        title: "a Slovenian EMŠO",
        category: Category::NationalIdentifier,
        country: "SI",
        lengths: &[13],
        shapes: &[Shape::of("#############").starting("0123")],
        valid: emso,
        words: &["emso"],
        proof: Proof::Word,
    },
    Rule {
        kind: "si-tax-number",
        title: "a Slovenian tax number",
        category: Category::TaxIdentifier,
        country: "SI",
        lengths: &[8],
        shapes: &[Shape::of("########").starting("123456789")],
        valid: is_tax_number,
        words: &["davcna"],
        proof: Proof::Word,
    },
];

/// EMŠO (Zakon o centralnem registru prebivalstva): date with three digits of the year, register, serial, mod 11.
fn emso(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, y3, .., check]| {
        let year = y1 * 100 + y2 * 10 + y3;
        let year = if year < 800 { 2000 + year } else { 1000 + year };
        let sum = weighted(&all, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        is_date(year, m1 * 10 + m2, d1 * 10 + d2) && (11 - sum % 11) % 11 % 10 == check
    })
}

/// Davčna številka (Zakon o davčnem registru; OECD, TIN of Slovenia): mod 11, with 0 for 10, and 11 not given.
pub fn is_tax_number(text: &[u8]) -> bool {
    digits::<8>(text).is_some_and(|all @ [first, .., check]| {
        let rest = 11 - weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        first > 0 && rest != 11 && rest % 10 == check
    })
}
