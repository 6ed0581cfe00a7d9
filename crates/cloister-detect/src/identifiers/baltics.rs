//! Estonia, Latvia and Lithuania.

use super::numbers::{digits, is_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "ee-identity-code",
        title: "an Estonian identity code",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| baltic(text).is_some_and(|valid| valid),
        words: &["isikukood"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lt-personal-code",
        title: "a Lithuanian personal code",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| baltic(text).is_some_and(|valid| valid),
        words: &["asmenskodas"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lv-personal-code",
        title: "a Latvian personal code",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| latvian(text).is_some_and(|valid| valid),
        words: &["personaskods"],
        proof: Proof::Word,
    },
];

/// Estonia and Lithuania: sex and century, date, serial, two rounds of weights.
fn baltic(text: &[u8]) -> Option<bool> {
    let all @ [sex, y1, y2, m1, m2, d1, d2, .., check] = digits::<11>(text)?;
    let century = match sex {
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return Some(false),
    };
    let first = weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(&all, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let expected = if first < 10 { first } else { second % 10 };
    Some(is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && expected == check)
}

/// Latvia: old codes hold a date, new ones start with 32.
fn latvian(text: &[u8]) -> Option<bool> {
    let all @ [d1, d2, m1, m2, y1, y2, century, .., check] = digits::<11>(text)?;
    let year = 1800 + century * 100 + y1 * 10 + y2;
    let dated = text.starts_with(b"32") || century <= 2 && is_date(year, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && (1 + weighted(&all, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == check)
}
