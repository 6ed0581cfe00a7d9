//! Austria.

use super::numbers::{digits, is_short_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "at-social-security",
    title: "an Austrian social insurance number",
    category: Category::SocialSecurityNumber,
    lengths: &[10],
    valid: |text| {
        digits::<10>(text).is_some_and(|all| {
            let [first, _, _, check, d1, d2, m1, m2, y1, y2] = all;
            let dated = is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
            first > 0 && dated && weighted(&all, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == check
        })
    },
    words: &["svnr", "vsnr", "vnr", "sozialversicherung", "versicherungsnummer"],
    proof: Proof::Word,
}];
