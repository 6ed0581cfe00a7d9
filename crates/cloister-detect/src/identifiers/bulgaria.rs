//! Bulgaria.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

const TEN: &[Shape] = &[Shape::of("##########")];

pub const RULES: &[Rule] = &[
    Rule {
        kind: "bg-egn",
        title: "a Bulgarian EGN",
        category: Category::NationalIdentifier,
        country: "BG",
        lengths: &[10],
        shapes: TEN,
        valid: is_egn,
        words: &["egn", "егн"],
        proof: Proof::Word,
    },
    Rule {
        kind: "bg-foreigner-number",
        title: "a Bulgarian foreigner's number",
        category: Category::NationalIdentifier,
        country: "BG",
        lengths: &[10],
        shapes: TEN,
        valid: is_foreigner,
        words: &["lnch", "pnf", "лнч", "чужденец"],
        proof: Proof::Word,
    },
];

/// ЕГН (Civil Registration Act, Art. 11): date of birth, the month raised by 20 (19th century) or 40 (21st).
pub fn is_egn(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all @ [y1, y2, m1, m2, d1, d2, .., check]| {
        let month = m1 * 10 + m2;
        let (century, month) = match month {
            0..=20 => (1900, month),
            21..=40 => (1800, month - 20),
            _ => (2000, month - 40),
        };
        is_date(century + y1 * 10 + y2, month, d1 * 10 + d2)
            && weighted(&all, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == check
    })
}

/// ЛНЧ (Foreigners in the Republic of Bulgaria Act).
pub fn is_foreigner(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all @ [.., check]| weighted(&all, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == check)
}
