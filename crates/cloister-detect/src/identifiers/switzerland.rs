//! Switzerland and Liechtenstein, which share the number of the old-age insurance.

use super::numbers::{digits, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "ch-social-security",
        title: "a Swiss social security number",
        category: Category::SocialSecurityNumber,
        country: "CH LI",
        lengths: &[13],
        shapes: &[Shape::of("756##########")],
        valid: ahv,
        words: &["ahv", "avs", "navs13", "ahvn13", "sozialversicherung"],
        proof: Proof::WordOrGroups,
    },
    Rule {
        kind: "li-person-number",
        title: "a Liechtenstein person number",
        category: Category::NationalIdentifier,
        country: "LI",
        lengths: &[4, 5, 6, 7, 8, 9, 10, 11, 12],
        shapes: &[
            Shape::of("####"),
            Shape::of("#####"),
            Shape::of("######"),
            Shape::of("#######"),
            Shape::of("########"),
            Shape::of("#########"),
            Shape::of("##########"),
            Shape::of("###########"),
            Shape::of("############"),
        ],
        valid: person_number,
        words: &["peid", "personenidentifikation"],
        proof: Proof::OwnWord,
    },
];

/// AHV number (AHVV Art. 133): 756 for Switzerland, and the check of an EAN-13.
fn ahv(text: &[u8]) -> bool {
    text.starts_with(b"756")
        && digits::<13>(text)
            .is_some_and(|all| weighted(&all, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10))
}

/// PEID (OECD, TIN of Liechtenstein): up to twelve digits, four of them at least after zeros; no check.
fn person_number(text: &[u8]) -> bool {
    let zeros = text.iter().take_while(|byte| **byte == b'0').count();
    text.len() <= 12 && text.len() >= zeros + 4 && text.iter().all(u8::is_ascii_digit)
}
