//! Norway.

use super::numbers::{digits, is_date, number, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "no-birth-number",
    title: "a Norwegian birth number",
    category: Category::NationalIdentifier,
    country: "NO",
    lengths: &[11],
    shapes: &[Shape::of("###########").starting("01234567")],
    valid: |text| birth_number(text).is_some_and(|valid| valid),
    words: &["fodselsnummer", "fodselsnr", "personnummer", "dnummer", "fnr"],
    proof: Proof::Word,
}];

/// Fødselsnummer, D-number (day raised by 40) and H-number (month raised by 40): folkeregisterforskriften § 2-2-1.
/// The serial tells the century; two checks.
fn birth_number(text: &[u8]) -> Option<bool> {
    let all @ [d1, d2, m1, m2, y1, y2, i1, i2, i3, k1, k2] = digits::<11>(text)?;
    let (day, month, short) = (d1 * 10 + d2, m1 * 10 + m2, y1 * 10 + y2);
    let lowered = |number: u32| if number > 40 { number - 40 } else { number };
    let century = match (number(&[i1, i2, i3]), short) {
        (..500, _) => 1900,
        (..750, 54..) => 1800,
        (_, ..40) => 2000,
        (900.., _) => 1900,
        _ => return Some(false),
    };
    let first = (11 - weighted(&all, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    let dated = day < 80 && is_date(century + short, lowered(month), lowered(day));
    Some(dated && first == k1 && second == k2)
}
