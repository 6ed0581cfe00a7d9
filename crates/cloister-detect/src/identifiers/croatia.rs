//! Croatia.

use super::numbers::{digits, is_mod_11_10};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "hr-oib",
    title: "a Croatian OIB",
    category: Category::NationalIdentifier,
    country: "HR",
    lengths: &[11],
    shapes: &[Shape::of("###########")],
    valid: is_oib,
    words: &["oib"],
    proof: Proof::Word,
}];

/// OIB (Zakon o osobnom identifikacijskom broju, NN 60/2008, Art. 4): ISO 7064 mod 11,10.
pub fn is_oib(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all| is_mod_11_10(&all))
}
