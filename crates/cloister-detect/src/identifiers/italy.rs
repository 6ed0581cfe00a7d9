//! Italy.

use super::numbers::is_short_date;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "it-fiscal-code",
    title: "an Italian fiscal code",
    category: Category::TaxIdentifier,
    lengths: &[16],
    valid: |text| italian(text).is_some_and(|valid| valid),
    words: &["codicefiscale", "fiscalcode"],
    proof: Proof::Nothing,
}];

/// Codice fiscale: six letters, then digits (or the letters that replace them
/// where two people had the same code), a check letter.
fn italian(text: &[u8]) -> Option<bool> {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let text: &[u8; 16] = text.try_into().ok()?;
    let [body @ .., check] = text;
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(u32::from(b - b'0')),
        _ => b"LMNPQRSTUV".iter().position(|letter| *letter == b).and_then(|index| u32::try_from(index).ok()),
    };
    let sum = body.iter().enumerate().try_fold(0, |sum, (index, b)| {
        let value = usize::from(if b.is_ascii_digit() { b - b'0' } else { b.checked_sub(b'A')? });
        let odd = ODD.get(value).copied()?;
        Some(sum + if index % 2 == 0 { odd } else { u32::try_from(value).ok()? })
    })?;
    let [l1, l2, l3, l4, l5, l6, y1, y2, month, d1, d2, town, t1, t2, t3] = *body;
    let letters = [l1, l2, l3, l4, l5, l6, month, town].iter().all(u8::is_ascii_uppercase);
    let numbers = [y1, y2, t1, t2, t3].into_iter().all(|b| digit(b).is_some());
    let day = (digit(d1)? * 10 + digit(d2)?) % 40;
    let month = b"ABCDEHLMPRST".iter().position(|letter| *letter == month)?;
    let dated = is_short_date(digit(y1)? * 10 + digit(y2)?, u32::try_from(month).ok()? + 1, day);
    Some(letters && numbers && dated && u32::from(check.checked_sub(b'A')?) == sum % 26)
}
