//! Finland.

use super::numbers::{digits, is_date, letter, number};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "fi-identity-code",
        title: "a Finnish personal identity code",
        category: Category::NationalIdentifier,
        country: "FI",
        lengths: &[10, 11],
        shapes: &[Shape::of("#########?").starting("0123"), Shape::of("######@###?").starting("0123")],
        valid: |text| identity_code(text).is_some_and(|valid| valid),
        words: &["hetu", "henkilotunnus", "personbeteckning"],
        proof: Proof::Nothing,
    },
    Rule {
        kind: "fi-tax-number",
        title: "a Finnish tax number",
        category: Category::TaxIdentifier,
        country: "FI",
        lengths: &[12],
        shapes: &[Shape::of("############")],
        // Act 473/2021 on tax numbers in building: random, without a check that is published.
        valid: |text| text.len() == 12 && text.iter().all(u8::is_ascii_digit),
        words: &["veronumero", "skattenummer"],
        proof: Proof::OwnWord,
    },
];

/// Henkilötunnus (government decree 690/2022): date, sign of the century, serial from 002 (from 900: temporary),
/// letter. `-` and `+` are dropped as separators, and then it is the 19th or the 20th.
fn identity_code(text: &[u8]) -> Option<bool> {
    let (date, rest) = text.split_at_checked(6)?;
    let (century, serial, check) = match rest {
        [a, b, c, check] => (1900, [*a, *b, *c], check),
        [b'U'..=b'Y', a, b, c, check] => (1900, [*a, *b, *c], check),
        [b'A'..=b'F', a, b, c, check] => (2000, [*a, *b, *c], check),
        _ => return None,
    };
    let [d1, d2, m1, m2, y1, y2] = digits::<6>(date)?;
    let serial = number(&digits::<3>(&serial)?);
    let value = number(&[d1, d2, m1, m2, y1, y2]) * 1000 + serial;
    let dated = is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && serial >= 2 && letter(b"0123456789ABCDEFHJKLMNPRSTUVWXY", value % 31) == Some(*check))
}
