//! Estonia, Latvia and Lithuania.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "ee-identity-code",
        title: "an Estonian identity code",
        category: Category::NationalIdentifier,
        country: "EE",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("12345678")],
        valid: |text| identity_code(text, false),
        words: &["isikukood"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lt-personal-code",
        title: "a Lithuanian personal code",
        category: Category::NationalIdentifier,
        country: "LT",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("123456789")],
        valid: |text| identity_code(text, true),
        words: &["asmenskodas"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lv-personal-code",
        title: "a Latvian personal code",
        category: Category::NationalIdentifier,
        country: "LV",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("0123")],
        valid: is_latvian,
        words: &["personaskods"],
        proof: Proof::Word,
    },
];

/// Isikukood (EVS 585:2007) and asmens kodas (Gyventojų registro įstatymas): sex and century, date, serial, a check by
/// two rounds of weights. A 9 in Lithuania says that there was no date to put into it.
fn identity_code(text: &[u8], undated: bool) -> bool {
    digits::<11>(text).is_some_and(|all @ [sex, y1, y2, m1, m2, d1, d2, .., check]| {
        let century = match sex {
            1..=8 => 1700 + sex.div_ceil(2) * 100,
            9 if undated => 0,
            _ => return false,
        };
        let first = weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
        let second = weighted(&all, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
        let dated = century == 0 || is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
        dated && check == if first < 10 { first } else { second % 10 }
    })
}

/// Personas kods (Fizisko personu reģistra likums): date and century (0, 1 or 2), or 32 and no date since July 2017.
/// The law does not print the check; it is the one that all issued codes have.
pub fn is_latvian(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, century, .., check]| {
        let year = 1800 + century * 100 + y1 * 10 + y2;
        let dated = text.starts_with(b"32") || century <= 2 && is_date(year, m1 * 10 + m2, d1 * 10 + d2);
        dated && (1 + weighted(&all, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == check
    })
}
