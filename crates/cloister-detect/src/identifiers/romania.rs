//! Romania.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[Rule {
    kind: "ro-cnp",
    title: "a Romanian CNP",
    category: Category::NationalIdentifier,
    country: "RO",
    lengths: &[13],
    shapes: &[Shape::of("#############").starting("123456789")],
    valid: is_cnp,
    words: &["cnp"],
    proof: Proof::Word,
}];

/// CNP (legea 105/1996; HG 295/2021): sex and century, date, county, serial, check.
pub fn is_cnp(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|all @ [sex, y1, y2, m1, m2, d1, d2, c1, c2, .., check]| {
        let century = match sex {
            0 => return false,
            3 | 4 => 1800,
            5 | 6 => 2000,
            _ => 1900,
        };
        let counties = matches!(c1 * 10 + c2, 1..=48 | 51 | 52 | 70 | 80..=83);
        let rest = weighted(&all, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
        counties
            && is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2)
            && check == if rest == 10 { 1 } else { rest }
    })
}
