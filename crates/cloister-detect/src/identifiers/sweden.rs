//! Sweden.

use super::numbers::{digits, is_luhn, is_short_date};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "se-personal-number",
    title: "a Swedish personal number",
    category: Category::NationalIdentifier,
    lengths: &[10, 12],
    valid: |text| swedish(text).is_some_and(|valid| valid),
    words: &["personnummer", "samordningsnummer", "personnr", "pnr"],
    proof: Proof::Word,
}];

/// Personnummer and samordningsnummer (day raised by 60): Luhn over the last ten.
fn swedish(text: &[u8]) -> Option<bool> {
    let short = match text.len() {
        12 if text.starts_with(b"19") || text.starts_with(b"20") => text.get(2..)?,
        10 => text,
        _ => return Some(false),
    };
    let all @ [y1, y2, m1, m2, d1, d2, ..] = digits::<10>(short)?;
    let day = (d1 * 10 + d2) % 60;
    Some(is_short_date(y1 * 10 + y2, m1 * 10 + m2, day) && is_luhn(&all))
}
