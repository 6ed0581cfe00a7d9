//! The Netherlands.

use super::numbers::{digits, number, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "nl-identity-document",
        title: "a Dutch identity card or passport",
        category: Category::IdentityDocument,
        country: "NL",
        lengths: &[9],
        shapes: &[Shape::of("@@??????#")],
        valid: document,
        words: &["identiteitskaart", "paspoort", "documentnummer", "paspoortnummer", "passport"],
        proof: Proof::Word,
    },
    Rule {
        kind: "nl-citizen-number",
        title: "a Dutch citizen service number",
        category: Category::NationalIdentifier,
        country: "NL",
        lengths: &[9],
        shapes: &[Shape::of("#########")],
        valid: is_citizen_number,
        words: &["bsn", "burgerservice", "sofinummer", "sofi"],
        proof: Proof::Word,
    },
    Rule {
        kind: "nl-education-number",
        title: "a Dutch education number",
        category: Category::Education,
        country: "NL",
        lengths: &[9],
        shapes: &[Shape::of("1########")],
        valid: |text| text.starts_with(b"10") && eleven(text) == Some(5),
        words: &["onderwijsnummer"],
        proof: Proof::Word,
    },
];

/// Burgerservicenummer (Besluit burgerservicenummer, Art. 2; nine digits): the test of eleven leaves nothing.
pub fn is_citizen_number(text: &[u8]) -> bool {
    eleven(text) == Some(0)
}

/// The sum of the test of eleven, of what is not all zeros. Onderwijsnummers leave 5.
fn eleven(text: &[u8]) -> Option<u32> {
    let all @ [.., last] = digits::<9>(text)?;
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 0]) + 11 - last;
    (number(&all) > 0).then_some(sum % 11)
}

/// Number of a document (RvIG): two letters, six letters or digits, a digit; never an O. It has no check.
fn document(text: &[u8]) -> bool {
    let [a, b, body @ .., last] = text else { return false };
    let known = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() && *byte != b'O';
    text.len() == 9
        && [a, b].iter().all(|byte| byte.is_ascii_uppercase() && **byte != b'O')
        && body.iter().all(known)
        && last.is_ascii_digit()
}
