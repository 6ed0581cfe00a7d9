//! Denmark.

use super::numbers::{digits, is_date};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "dk-cpr",
    title: "a Danish CPR number",
    category: Category::NationalIdentifier,
    country: "DK",
    lengths: &[10],
    shapes: &[Shape::of("##########").starting("0123")],
    valid: cpr,
    words: &["cpr", "cprnr", "personnummer"],
    proof: Proof::Word,
}];

/// CPR (Personnumre i CPR, CPR-kontoret): date, and the seventh digit tells the century. Since 2007 the check mod 11
/// need not hold.
fn cpr(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|[d1, d2, m1, m2, y1, y2, century, ..]| {
        let short = y1 * 10 + y2;
        let year = match century {
            0..=3 => 1900 + short,
            4 | 9 if short > 36 => 1900 + short,
            5..=8 if short > 57 => 1800 + short,
            _ => 2000 + short,
        };
        is_date(year, m1 * 10 + m2, d1 * 10 + d2)
    })
}
