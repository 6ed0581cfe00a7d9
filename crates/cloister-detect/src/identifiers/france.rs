//! France.

use super::numbers::{digits, number};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "fr-identity-card",
        title: "a French identity card",
        category: Category::IdentityDocument,
        country: "FR",
        lengths: &[9, 12],
        shapes: &[Shape::of("?????????"), Shape::of("#####?######")],
        valid: identity_card,
        words: &["cni", "cartenationaledidentite", "cartedidentite", "carteidentite"],
        proof: Proof::Word,
    },
    Rule {
        kind: "fr-passport",
        title: "a French passport",
        category: Category::IdentityDocument,
        country: "FR",
        lengths: &[9],
        shapes: &[Shape::of("##@@#####")],
        // No check stands on the number itself.
        valid: |text| {
            matches!(text, [a, b, c, d, rest @ ..] if a.is_ascii_digit() && b.is_ascii_digit()
            && c.is_ascii_uppercase() && d.is_ascii_uppercase() && rest.len() == 5 && rest.iter().all(u8::is_ascii_digit))
        },
        words: &["passeport", "passport", "numeropasseport"],
        proof: Proof::Word,
    },
    Rule {
        kind: "fr-social-security",
        title: "a French social security number",
        category: Category::SocialSecurityNumber,
        country: "FR",
        lengths: &[15],
        shapes: &[Shape::of("######?########").starting("123478")],
        valid: |text| social_security(text).is_some_and(|valid| valid),
        words: &["nir", "insee", "securitesociale", "numerosecu", "secu"],
        proof: Proof::WordOrGroups,
    },
    Rule {
        kind: "fr-tax-number",
        title: "a French tax number",
        category: Category::TaxIdentifier,
        country: "FR",
        lengths: &[13],
        shapes: &[Shape::of("#############").starting("0123")],
        valid: tax_number,
        words: &["spi", "numerofiscal", "fiscal", "nif"],
        proof: Proof::Word,
    },
];

/// NIR (décret 82-103, Art. 4): sex (3, 4, 7 and 8: waiting for one), year, month (20, 30 to 42 and from 50 on: not
/// known), department (2A and 2B for Corsica), commune, serial, key of 97.
fn social_security(text: &[u8]) -> Option<bool> {
    let mut plain: [u8; 15] = text.try_into().ok()?;
    match text.get(5..7)? {
        b"2A" => plain.get_mut(5..7)?.copy_from_slice(b"19"),
        b"2B" => plain.get_mut(5..7)?.copy_from_slice(b"18"),
        _ => {}
    }
    let all @ [sex, _, _, m1, m2, ..] = digits::<15>(&plain)?;
    let (body, check) = all.split_at_checked(13)?;
    let months = matches!(m1 * 10 + m2, 1..=12 | 20 | 30..=42 | 50..);
    Some(matches!(sex, 1..=4 | 7 | 8) && months && 97 - number(body) % 97 == number(check))
}

/// Numéro fiscal de référence (DGFiP; OECD, TIN of France): the first ten digits mod 511.
fn tax_number(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|all @ [first, ..]| {
        let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
        first <= 3 && number(body) % 511 == number(check)
    })
}

/// Carte nationale d'identité: nine letters and digits since 2021 (ICAO 9303 checks them in its MRZ only); twelve
/// before: year, month, department, serial (décret 55-1397).
fn identity_card(text: &[u8]) -> bool {
    match text {
        [_, _, m1, m2, _, _, _, _, _, _, _, _] => {
            let month = digits::<2>(&[*m1, *m2]).map_or(0, |[m1, m2]| m1 * 10 + m2);
            let corsica =
                |(index, byte): (usize, &u8)| byte.is_ascii_digit() || index == 5 && matches!(byte, b'A' | b'B');
            (1..=12).contains(&month) && text.iter().enumerate().all(corsica)
        }
        _ => {
            let known = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            text.len() == 9 && text.iter().all(known) && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
        }
    }
}
