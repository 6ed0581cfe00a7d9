//! Romania.

use super::numbers::{digits, is_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "ro-cnp",
    title: "a Romanian CNP",
    category: Category::NationalIdentifier,
    lengths: &[13],
    valid: |text| romanian(text).is_some_and(|valid| valid),
    words: &["cnp"],
    proof: Proof::Word,
}];

/// Sex and century, date, county, serial, check.
fn romanian(text: &[u8]) -> Option<bool> {
    let all @ [sex, y1, y2, m1, m2, d1, d2, c1, c2, .., check] = digits::<13>(text)?;
    let century = match sex {
        1 | 2 => 1900,
        3 | 4 => 1800,
        5 | 6 => 2000,
        7..=9 => 1900,
        _ => return Some(false),
    };
    let county = c1 * 10 + c2;
    let counties = (1..=48).contains(&county) || (51..=52).contains(&county) || county == 70;
    let rest = weighted(&all, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let dated = is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && counties && (if rest == 10 { 1 } else { rest }) == check)
}
