//! Austria.

use super::numbers::{digits, is_date, is_luhn, is_short_date, set, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "at-social-security",
        title: "an Austrian social insurance number",
        category: Category::SocialSecurityNumber,
        country: "AT",
        lengths: &[10],
        shapes: &[Shape::of("##########").starting("123456789")],
        valid: social_security,
        words: &["svnr", "vsnr", "vnr", "sozialversicherung", "versicherungsnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "at-tax-number",
        title: "an Austrian tax number",
        category: Category::TaxIdentifier,
        country: "AT",
        lengths: &[9],
        shapes: &[Shape::of("#########")],
        valid: tax_number,
        words: &["steuernummer", "abgabenkonto", "stnr", "steuernr"],
        proof: Proof::Word,
    },
];

/// Versicherungsnummer (ASVG § 30c(1) 1): serial, check, date of birth. The sum mod 11 is never 10. Months 13 to 15
/// stand for days whose serials ran out.
fn social_security(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all @ [first, _, _, check, d1, d2, m1, m2, y1, y2]| {
        let (day, month) = (d1 * 10 + d2, m1 * 10 + m2);
        let dated = is_short_date(y1 * 10 + y2, month, day) || (13..=15).contains(&month) && is_date(2000, 1, day);
        first > 0 && dated && weighted(&all, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == check
    })
}

/// Tax offices, whose numbers Abgabenkontonummern still start with after the reform of 2021.
const OFFICES: u128 = set(&[
    3, 4, 6, 7, 8, 9, 10, 12, 15, 16, 18, 22, 23, 29, 33, 38, 41, 46, 51, 52, 53, 54, 57, 59, 61, 65, 67, 68, 69, 71,
    72, 81, 82, 83, 84, 90, 91, 93, 97, 98,
]);

/// Abgabenkontonummer (BMF, Aufbau der Steuernummer): office, six digits, Luhn.
fn tax_number(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|all @ [o1, o2, ..]| OFFICES >> (o1 * 10 + o2) & 1 == 1 && is_luhn(&all))
}
