//! Switzerland and Liechtenstein.

use super::numbers::{digits, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "ch-social-security",
    title: "a Swiss social security number",
    category: Category::SocialSecurityNumber,
    lengths: &[13],
    valid: |text| {
        text.starts_with(b"756")
            && digits::<13>(text)
                .is_some_and(|all| weighted(&all, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10))
    },
    words: &["ahv", "avs", "navs13", "ahvn13", "sozialversicherung"],
    proof: Proof::WordOrGroups,
}];
