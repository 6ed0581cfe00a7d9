//! Luxembourg.

use super::numbers::{digits, is_date, is_luhn, is_verhoeff};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "lu-national-number",
    title: "a Luxembourg national number",
    category: Category::NationalIdentifier,
    country: "LU",
    lengths: &[13],
    shapes: &[Shape::of("#############").starting("12")],
    valid: |text| matricule(text).is_some_and(|valid| valid),
    words: &["matricule"],
    proof: Proof::Word,
}];

/// Numéro d'identification (règlement grand-ducal of 28 November 2013, Art. 1): date of birth, serial, then the checks
/// of Luhn and of Verhoeff, both over the first eleven digits.
fn matricule(text: &[u8]) -> Option<bool> {
    let all @ [y1, y2, y3, y4, m1, m2, d1, d2, .., check] = digits::<13>(text)?;
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    let dated = (1850..2100).contains(&year) && is_date(year, m1 * 10 + m2, d1 * 10 + d2);
    let (body, _) = all.split_at_checked(11)?;
    let (with_luhn, _) = all.split_at_checked(12)?;
    Some(dated && is_luhn(with_luhn) && is_verhoeff(body.iter().copied().chain([check])))
}
