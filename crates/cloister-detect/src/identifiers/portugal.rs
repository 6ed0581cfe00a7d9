//! Portugal.

use super::numbers::{digits, value, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "pt-tax-number",
        title: "a Portuguese tax number",
        category: Category::TaxIdentifier,
        country: "PT",
        lengths: &[9],
        shapes: &[Shape::of("#########").starting("123456789")],
        valid: is_tax_number,
        words: &["nif", "contribuinte"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pt-citizen-card",
        title: "a Portuguese citizen card",
        category: Category::IdentityDocument,
        country: "PT",
        lengths: &[12],
        shapes: &[Shape::of("#########??#")],
        valid: |text| citizen_card(text).is_some_and(|valid| valid),
        words: &["cartaodecidadao", "citizencard", "cartaocidadao"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pt-social-security",
        title: "a Portuguese social security number",
        category: Category::SocialSecurityNumber,
        country: "PT",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("12")],
        valid: social_security,
        words: &["niss", "segurancasocial"],
        proof: Proof::Word,
    },
];

/// NIF (decreto-lei 14/2013; OECD, TIN of Portugal): mod 11, with 0 for 10 and 11.
pub fn is_tax_number(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|all @ [first, .., check]| {
        first > 0 && (11 - weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == check
    })
}

/// Cartão de Cidadão (AMA, Validação de Número de Documento): eight digits and a check digit, two signs of the version,
/// a check by Luhn over base 36.
fn citizen_card(text: &[u8]) -> Option<bool> {
    digits::<9>(text.get(..9)?)?;
    digits::<1>(text.get(11..)?)?;
    let sum = text.iter().rev().enumerate().try_fold(0, |sum, (index, byte)| {
        let value = value(*byte)?;
        let doubled = if value * 2 > 9 { value * 2 - 9 } else { value * 2 };
        Some(sum + if index % 2 == 0 { value } else { doubled })
    })?;
    Some(sum % 10 == 0)
}

/// NISS (Instituto de Informática, estrutura das declarações de remunerações): primes as weights, 9 less the last digit
/// of their sum. No act prints it, and one number of ten passes: only with its word.
fn social_security(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all @ [first, .., check]| {
        matches!(first, 1 | 2) && 9 - weighted(&all, &[29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10 == check
    })
}
