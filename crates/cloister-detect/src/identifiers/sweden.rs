//! Sweden.

use super::numbers::{digits, is_date, is_luhn, is_short_date};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

const SHAPES: &[Shape] = &[Shape::of("##########"), Shape::of("############").starting("12")];

pub const RULES: &[Rule] = &[
    Rule {
        kind: "se-personal-number",
        title: "a Swedish personal number",
        category: Category::NationalIdentifier,
        country: "SE",
        lengths: &[10, 12],
        shapes: SHAPES,
        valid: |text| born(text).is_some_and(|day| day <= 31),
        words: &["personnummer", "personnr", "pnr"],
        proof: Proof::Word,
    },
    Rule {
        kind: "se-coordination-number",
        title: "a Swedish coordination number",
        category: Category::NationalIdentifier,
        country: "SE",
        lengths: &[10, 12],
        shapes: SHAPES,
        valid: |text| born(text).is_some_and(|day| day > 60),
        words: &["samordningsnummer", "samordningsnr", "personnummer", "personnr", "pnr"],
        proof: Proof::Word,
    },
];

/// Personnummer (folkbokföringslagen § 18) and samordningsnummer (act 2022:1697, day raised by 60): the day as it is
/// written, when date and Luhn over the last ten digits hold.
fn born(text: &[u8]) -> Option<u32> {
    let (century, short) = match text {
        [b'1', b'8', short @ ..] if text.len() == 12 => (Some(1800), short),
        [b'1', b'9', short @ ..] if text.len() == 12 => (Some(1900), short),
        [b'2', b'0', short @ ..] if text.len() == 12 => (Some(2000), short),
        short => (None, short),
    };
    let all @ [y1, y2, m1, m2, d1, d2, ..] = digits::<10>(short)?;
    let (short, month, written) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let day = if written > 60 { written - 60 } else { written };
    let dated = match century {
        Some(century) => is_date(century + short, month, day),
        None => is_short_date(short, month, day),
    };
    (dated && is_luhn(&all)).then_some(written)
}
