//! Croatia.

use super::numbers::{digits, is_mod_11_10};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "hr-oib",
    title: "a Croatian OIB",
    category: Category::NationalIdentifier,
    lengths: &[11],
    valid: |text| digits::<11>(text).is_some_and(|all| is_mod_11_10(&all)),
    words: &["oib"],
    proof: Proof::Word,
}];
