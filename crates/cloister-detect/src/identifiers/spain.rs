//! Spain.

use super::numbers::{digits, letter, number};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "es-dni",
        title: "a Spanish DNI",
        category: Category::NationalIdentifier,
        country: "ES",
        lengths: &[9],
        shapes: &[Shape::of("########@")],
        valid: is_dni,
        words: &["dni", "nif"],
        proof: Proof::Word,
    },
    Rule {
        kind: "es-nie",
        title: "a Spanish foreigner's number",
        category: Category::NationalIdentifier,
        country: "ES",
        lengths: &[9],
        shapes: &[Shape::of("@#######@").starting("XYZ")],
        valid: is_nie,
        words: &["nie", "extranjero"],
        proof: Proof::Word,
    },
    Rule {
        kind: "es-special-nif",
        title: "a Spanish tax number of a person without DNI",
        category: Category::TaxIdentifier,
        country: "ES",
        lengths: &[9],
        shapes: &[Shape::of("@#######@").starting("KLM")],
        valid: is_special_nif,
        words: &["nif"],
        proof: Proof::Word,
    },
    Rule {
        kind: "es-social-security",
        title: "a Spanish social security number",
        category: Category::SocialSecurityNumber,
        country: "ES",
        lengths: &[12],
        shapes: &[Shape::of("############").starting("0123456")],
        valid: social_security,
        words: &["nss", "nuss", "naf", "seguridadsocial", "afiliacion"],
        proof: Proof::Word,
    },
];

fn control(number: u64) -> Option<u8> {
    letter(b"TRWAGMYFPDXBNJZSQVHLCKE", number % 23)
}

/// DNI (Real Decreto 255/2025, before it 1553/2005): the letter is the number mod 23.
pub fn is_dni(text: &[u8]) -> bool {
    matches!(text, [body @ .., check] if digits::<8>(body).is_some_and(|body| control(number(&body)) == Some(*check)))
}

/// NIE (Real Decreto 1155/2024): X, Y and Z stand for 0, 1 and 2.
pub fn is_nie(text: &[u8]) -> bool {
    let [first @ (b'X' | b'Y' | b'Z'), body @ .., check] = text else { return false };
    let first = u64::from(first - b'X');
    digits::<7>(body).is_some_and(|body| control(first * 10_000_000 + number(&body)) == Some(*check))
}

/// NIF of Spaniards abroad, of children and of foreigners without NIE (Real Decreto 1065/2007, Art. 19 and 20).
pub fn is_special_nif(text: &[u8]) -> bool {
    let [b'K' | b'L' | b'M', body @ .., check] = text else { return false };
    digits::<7>(body).is_some_and(|body| control(number(&body)) == Some(*check))
}

/// Número de afiliación (Real Decreto 84/1996, Art. 21; the check by the Tesorería General, printed in no act):
/// province, serial, and both mod 97. A serial below ten million, of the time when it had seven digits, is joined
/// without its first zero.
fn social_security(text: &[u8]) -> bool {
    digits::<12>(text).is_some_and(|[p1, p2, body @ .., c1, c2]| {
        let (province, serial, check) = (p1 * 10 + p2, number(&body), u64::from(c1 * 10 + c2));
        let joined = u64::from(province) * if serial < 10_000_000 { 10_000_000 } else { 100_000_000 } + serial;
        matches!(province, 1..=53 | 66) && joined % 97 == check
    })
}
