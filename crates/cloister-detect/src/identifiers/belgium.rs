//! Belgium.

use super::numbers::{digits, is_date, number};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "be-national-number",
        title: "a Belgian national number",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| belgian(text).is_some_and(|valid| valid),
        words: &["rijksregister", "nationalnumber", "registrenational", "insz", "niss", "bisnumber", "rrn"],
        proof: Proof::Word,
    },
    Rule {
        kind: "be-identity-card",
        title: "a Belgian identity card",
        category: Category::IdentityDocument,
        lengths: &[12],
        valid: |text| {
            digits::<12>(text).is_some_and(|all| {
                let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
                let rest = number(body) % 97;
                number(check) == if rest == 0 { 97 } else { rest }
            })
        },
        words: &["eid", "identitycard", "identiteitskaart", "carteidentite"],
        proof: Proof::Word,
    },
];

/// Rijksregisternummer and BIS number (month raised by 20 or 40).
fn belgian(text: &[u8]) -> Option<bool> {
    let [y1, y2, m1, m2, d1, d2, s1, s2, s3, c1, c2] = digits::<11>(text)?;
    let body = number(&[y1, y2, m1, m2, d1, d2, s1, s2, s3]);
    let check = number(&[c1, c2]);
    let (old, new) = (97 - body % 97 == check, 97 - (2_000_000_000 + body) % 97 == check);
    let (year, month, day) = (y1 * 10 + y2, (m1 * 10 + m2) % 20, d1 * 10 + d2);
    let century = if new { 2000 } else { 1900 };
    let dated = month == 0 || day == 0 || is_date(century + year, month, day);
    Some((old || new) && m1 * 10 + m2 <= 52 && day <= 31 && month <= 12 && dated)
}
