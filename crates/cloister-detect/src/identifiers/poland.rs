//! Poland.

use super::numbers::{digits, is_date, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "pl-pesel",
        title: "a Polish PESEL",
        category: Category::NationalIdentifier,
        country: "PL",
        lengths: &[11],
        shapes: &[Shape::of("###########")],
        valid: pesel,
        words: &["pesel"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pl-nip",
        title: "a Polish tax number",
        category: Category::TaxIdentifier,
        country: "PL",
        lengths: &[10],
        shapes: &[Shape::of("##########")],
        valid: is_nip,
        words: &["nip"],
        proof: Proof::Word,
    },
];

/// PESEL (ustawa o ewidencji ludności, Art. 15): date, the month raised by 20 for each century after 1900 and by 80 for
/// the one before, serial, check.
fn pesel(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all @ [y1, y2, m1, m2, d1, d2, ..]| {
        let month = m1 * 10 + m2;
        let century = match month / 20 {
            0 => 1900,
            1 => 2000,
            2 => 2100,
            3 => 2200,
            _ => 1800,
        };
        is_date(century + y1 * 10 + y2, month % 20, d1 * 10 + d2)
            && weighted(&all, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
    })
}

/// NIP (ustawa o zasadach ewidencji podatników; OECD, TIN of Poland): mod 11, of which 10 is not given.
pub fn is_nip(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all @ [.., check]| weighted(&all, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check)
}
