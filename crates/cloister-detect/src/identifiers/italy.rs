//! Italy.

use super::numbers::{is_short_date, place};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "it-fiscal-code",
    title: "an Italian fiscal code",
    category: Category::TaxIdentifier,
    country: "IT",
    lengths: &[16],
    shapes: &[Shape::of("@@@@@@??@??@???@")],
    valid: |text| fiscal_code(text).is_some_and(|valid| valid),
    words: &["codicefiscale", "fiscalcode"],
    proof: Proof::Nothing,
}];

/// Values of letters (and of digits, which count as the first ten) at odd places.
const ODD: [u32; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Codice fiscale (decree of 23 December 1976): six letters of the names, year, month, day (raised by 40 for women),
/// place of birth, check letter. Letters replace digits where two people had the same code.
fn fiscal_code(text: &[u8]) -> Option<bool> {
    let text: &[u8; 16] = text.try_into().ok()?;
    let [body @ .., check] = text;
    let [l1, l2, l3, l4, l5, l6, y1, y2, month, d1, d2, town, t1, t2, t3] = *body;
    let letters = [l1, l2, l3, l4, l5, l6, month, town].iter().all(u8::is_ascii_uppercase);
    let numbers = [t1, t2, t3].into_iter().all(|byte| digit(byte).is_some());
    if !letters || !numbers {
        return Some(false);
    }
    let year = digit(y1)? * 10 + digit(y2)?;
    let day = (digit(d1)? * 10 + digit(d2)?) % 40;
    if !is_short_date(year, month_of(month)?, day) {
        return Some(false);
    }
    let sum = body.iter().enumerate().try_fold(0, |sum, (index, byte)| {
        let value = if byte.is_ascii_digit() { u32::from(byte - b'0') } else { place(*byte)? };
        Some(sum + if index % 2 == 0 { *ODD.get(usize::try_from(value).ok()?)? } else { value })
    })?;
    Some(place(*check) == Some(sum % 26))
}

/// A digit, or the letter that replaces it.
fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'L'..=b'N' => Some(u32::from(byte - b'L')),
        b'P'..=b'V' => Some(u32::from(byte - b'P') + 3),
        _ => None,
    }
}

fn month_of(letter: u8) -> Option<u32> {
    let place = b"ABCDEHLMPRST".iter().position(|month| *month == letter)?;
    u32::try_from(place + 1).ok()
}
