//! Belgium.

use super::numbers::{digits, number};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

const ELEVEN: &[Shape] = &[Shape::of("###########")];

pub const RULES: &[Rule] = &[
    Rule {
        kind: "be-national-number",
        title: "a Belgian national number",
        category: Category::NationalIdentifier,
        country: "BE",
        lengths: &[11],
        shapes: ELEVEN,
        valid: |text| national(text).is_some_and(|month| month <= 12),
        words: &["rijksregister", "nationalnumber", "registrenational", "insz", "niss", "rrn"],
        proof: Proof::Word,
    },
    Rule {
        kind: "be-bis-number",
        title: "a Belgian BIS number",
        category: Category::NationalIdentifier,
        country: "BE",
        lengths: &[11],
        shapes: ELEVEN,
        valid: |text| national(text).is_some_and(|month| matches!(month, 20..=32 | 40..=52)),
        words: &["bisnumber", "bisnummer", "numerobis", "rijksregister", "registrenational", "insz", "niss"],
        proof: Proof::Word,
    },
    Rule {
        kind: "be-identity-card",
        title: "a Belgian identity card",
        category: Category::IdentityDocument,
        country: "BE",
        lengths: &[12],
        shapes: &[Shape::of("############")],
        valid: identity_card,
        words: &["eid", "identitycard", "identiteitskaart", "carteidentite"],
        proof: Proof::Word,
    },
];

/// Identification number of the national register (royal decree of 3 April 1984; BIS: act of 15 January 1990, Art. 8):
/// the month as it is written, when the check fits the 20th or, with a 2 before it, the 21st century. Month 00 and days
/// that no calendar has stand for unknown dates and for serials that ran out.
fn national(text: &[u8]) -> Option<u32> {
    let [y1, y2, m1, m2, d1, d2, s1, s2, s3, c1, c2] = digits::<11>(text)?;
    let body = number(&[y1, y2, m1, m2, d1, d2, s1, s2, s3]);
    let check = number(&[c1, c2]);
    let fits = 97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check;
    fits.then_some(m1 * 10 + m2)
}

/// Number of the card: the first ten digits mod 97, with 97 for 0.
fn identity_card(text: &[u8]) -> bool {
    digits::<12>(text).is_some_and(|all| {
        let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
        let rest = number(body) % 97;
        number(check) == if rest == 0 { 97 } else { rest }
    })
}
