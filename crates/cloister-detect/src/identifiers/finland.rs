//! Finland.

use super::numbers::{digits, is_short_date, letter, number};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "fi-identity-code",
    title: "a Finnish personal identity code",
    category: Category::NationalIdentifier,
    lengths: &[10, 11],
    valid: |text| finnish(text).is_some_and(|valid| valid),
    words: &["hetu", "henkilotunnus", "personbeteckning"],
    proof: Proof::Nothing,
}];

/// HETU: date, sign of the century (dropped as a separator when `-` or `+`), serial, letter.
fn finnish(text: &[u8]) -> Option<bool> {
    let (date, rest) = text.split_at_checked(6)?;
    let rest = match rest {
        [sign, rest @ ..] if rest.len() == 4 => b"UVWXYABCDEF".contains(sign).then_some(rest)?,
        rest => rest,
    };
    let (serial, check) = (rest.get(..3)?, *rest.get(3)?);
    let [d1, d2, m1, m2, y1, y2] = digits::<6>(date)?;
    let serial = digits::<3>(serial)?;
    let value = number(&[d1, d2, m1, m2, y1, y2]) * 1000 + number(&serial);
    let dated = is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && number(&serial) >= 2 && letter(b"0123456789ABCDEFHJKLMNPRSTUVWXY", value % 31) == Some(check))
}
