//! The United Kingdom.

use super::numbers::{digits, letter, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "gb-nhs-number",
        title: "an NHS number",
        category: Category::Health,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|all| weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
        },
        words: &["nhs"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-national-insurance",
        title: "a National Insurance number",
        category: Category::SocialSecurityNumber,
        lengths: &[9],
        valid: |text| insurance(text).is_some_and(|valid| valid),
        words: &["nino", "nationalinsurance", "ninumber"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-tax-reference",
        title: "a British tax reference",
        category: Category::TaxIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|[check, rest @ ..]| {
                letter(b"21987654321", u64::from(weighted(&rest, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11))
                    .map(|b| u32::from(b - b'0'))
                    == Some(check)
            })
        },
        words: &["utr", "taxpayerreference", "taxreference"],
        proof: Proof::Word,
    },
];

fn insurance(text: &[u8]) -> Option<bool> {
    let [first, second, middle @ .., last] = text else { return None };
    let prefix = [*first, *second];
    let banned = |b: u8| b"DFIQUV".contains(&b);
    let never = [*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"];
    let letters = prefix.iter().all(u8::is_ascii_uppercase) && !prefix.iter().any(|b| banned(*b)) && *second != b'O';
    Some(letters && !never.contains(&prefix) && digits::<6>(middle).is_some() && (b'A'..=b'D').contains(last))
}
