//! Iceland.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "is-kennitala",
    title: "an Icelandic kennitala",
    category: Category::NationalIdentifier,
    country: "IS",
    lengths: &[10],
    shapes: &[Shape::of("##########").starting("0123")],
    valid: kennitala,
    words: &["kennitala"],
    proof: Proof::Word,
}];

/// Kennitala (act 140/2019 on the registration of individuals): date, two random digits, check, century.
/// Organisations have their day raised by 40: they are no persons.
fn kennitala(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, _, _, _, century]| {
        let year = if century == 9 { 1900 } else { 2000 } + y1 * 10 + y2;
        matches!(century, 0 | 9)
            && is_date(year, m1 * 10 + m2, d1 * 10 + d2)
            && weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
}
