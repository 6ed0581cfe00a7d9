//! Cyprus.

use super::numbers::{digits, place};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "cy-tax-number",
        title: "a Cypriot tax number",
        category: Category::TaxIdentifier,
        country: "CY",
        lengths: &[9],
        shapes: &[Shape::of("########@").starting("09")],
        // Those of persons start with 0 or 9.
        valid: |text| matches!(text.first(), Some(b'0' | b'9')) && is_tax_number(text),
        words: &["cyprustax"],
        proof: Proof::Word,
    },
    Rule {
        kind: "cy-identity-card",
        title: "a Cypriot identity card",
        category: Category::IdentityDocument,
        country: "CY",
        lengths: &[6, 7, 8, 9, 10],
        shapes: &[
            Shape::of("######"),
            Shape::of("#######"),
            Shape::of("########"),
            Shape::of("#########"),
            Shape::of("##########"),
        ],
        // No check is published.
        valid: |text| (6..=10).contains(&text.len()) && text.iter().all(u8::is_ascii_digit),
        words: &["deltiotaftotitas", "taftotita", "cyprusid", "αδτ", "ταυτοτητασ"],
        proof: Proof::Word,
    },
];

/// ΤΙΝ (Tax Department; OECD, TIN of Cyprus): odd places by a table, even ones as they are; the letter is the sum mod 26.
/// 12 is never given.
pub fn is_tax_number(text: &[u8]) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((check, body)) = text.split_last() else { return false };
    digits::<8>(body).is_some_and(|all| {
        let odd = |digit: &u32| usize::try_from(*digit).ok().and_then(|index| ODD.get(index)).copied().unwrap_or(0);
        let count = |(index, digit): (usize, &u32)| if index % 2 == 0 { odd(digit) } else { *digit };
        let sum: u32 = all.iter().enumerate().map(count).sum();
        !text.starts_with(b"12") && place(*check) == Some(sum % 26)
    })
}
