//! Hungary: the three numbers of act XX of 1996, whose annexes print their checks.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "hu-personal-identifier",
        title: "a Hungarian personal identifier",
        category: Category::NationalIdentifier,
        country: "HU",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("1234")],
        valid: personal_identifier,
        words: &["szemelyiazonosito", "szemelyiszam", "szemelyi"],
        proof: Proof::Word,
    },
    Rule {
        kind: "hu-social-security",
        title: "a Hungarian social security number (TAJ)",
        category: Category::SocialSecurityNumber,
        country: "HU",
        lengths: &[9],
        shapes: &[Shape::of("#########")],
        valid: social_security,
        words: &["taj", "tajszam", "tarsadalombiztositas"],
        proof: Proof::Word,
    },
    Rule {
        kind: "hu-tax-identifier",
        title: "a Hungarian tax identifier",
        category: Category::TaxIdentifier,
        country: "HU",
        lengths: &[10],
        shapes: &[Shape::of("8#########")],
        valid: tax_identifier,
        words: &["adoazonosito", "adoazonositojel", "adojel"],
        proof: Proof::Word,
    },
];

/// Személyi azonosító (annex 3): sex and century, date of birth, serial; places count upwards for who was born before
/// 1997 and downwards since, and what leaves 10 is not given.
fn personal_identifier(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all @ [sex, y1, y2, m1, m2, d1, d2, .., check]| {
        let upwards = || weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11 == check;
        let downwards = || weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 == check;
        let (short, dated) = (y1 * 10 + y2, |year| is_date(year, m1 * 10 + m2, d1 * 10 + d2));
        match sex {
            1 | 2 => dated(1900 + short) && if short < 97 { upwards() } else { downwards() },
            3 | 4 => dated(2000 + short) && downwards() || dated(1800 + short) && upwards(),
            _ => false,
        }
    })
}

/// TAJ (annex 2): odd places times 3, even ones times 7, mod 10.
fn social_security(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|all @ [.., check]| weighted(&all, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == check)
}

/// Adóazonosító jel (annex 1): an 8, the days from 1 January 1867 to the birth, serial, each place times its number,
/// mod 11; what leaves 10 is not given.
fn tax_identifier(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all @ [first, .., check]| {
        first == 8 && weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == check
    })
}
