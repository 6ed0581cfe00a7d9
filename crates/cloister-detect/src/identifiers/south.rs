//! Bulgaria, Cyprus, Greece, Italy, Portugal, Romania, Spain.

use super::numbers::{digits, is_date, is_luhn, is_short_date, letter, number, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "bg-egn",
        title: "a Bulgarian EGN",
        category: Category::NationalIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|all @ [y1, y2, m1, m2, d1, d2, .., check]| {
                let month = m1 * 10 + m2;
                let (century, month) = match month {
                    0..=20 => (1900, month),
                    21..=40 => (1800, month - 20),
                    _ => (2000, month - 40),
                };
                is_date(century + y1 * 10 + y2, month, d1 * 10 + d2)
                    && weighted(&all, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == check
            })
        },
        words: &["egn"],
        proof: Proof::Word,
    },
    Rule {
        kind: "bg-foreigner-number",
        title: "a Bulgarian foreigner's number",
        category: Category::NationalIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text)
                .is_some_and(|all @ [.., check]| weighted(&all, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == check)
        },
        words: &["lnch", "pnf"],
        proof: Proof::Word,
    },
    Rule {
        kind: "cy-tax-number",
        title: "a Cypriot tax number",
        category: Category::TaxIdentifier,
        lengths: &[9],
        valid: |text| cypriot(text).is_some_and(|valid| valid),
        words: &["cyprustax"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gr-amka",
        title: "a Greek AMKA",
        category: Category::SocialSecurityNumber,
        lengths: &[11],
        valid: |text| {
            digits::<11>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, ..]| {
                is_luhn(&all) && is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2)
            })
        },
        words: &["amka"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gr-tax-number",
        title: "a Greek tax number",
        category: Category::TaxIdentifier,
        lengths: &[9],
        valid: |text| {
            digits::<9>(text)
                .is_some_and(|all @ [.., check]| weighted(&all, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check)
        },
        words: &["afm"],
        proof: Proof::Word,
    },
    Rule {
        kind: "it-fiscal-code",
        title: "an Italian fiscal code",
        category: Category::TaxIdentifier,
        lengths: &[16],
        valid: |text| italian(text).is_some_and(|valid| valid),
        words: &["codicefiscale", "fiscalcode"],
        proof: Proof::Nothing,
    },
    Rule {
        kind: "pt-tax-number",
        title: "a Portuguese tax number",
        category: Category::TaxIdentifier,
        lengths: &[9],
        valid: |text| {
            digits::<9>(text).is_some_and(|all @ [first, .., check]| {
                first > 0 && (11 - weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == check
            })
        },
        words: &["nif", "contribuinte"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pt-citizen-card",
        title: "a Portuguese citizen card",
        category: Category::IdentityDocument,
        lengths: &[12],
        valid: |text| portuguese_card(text).is_some_and(|valid| valid),
        words: &["cartaodecidadao", "citizencard", "cartaocidadao"],
        proof: Proof::Word,
    },
    Rule {
        kind: "ro-cnp",
        title: "a Romanian CNP",
        category: Category::NationalIdentifier,
        lengths: &[13],
        valid: |text| romanian(text).is_some_and(|valid| valid),
        words: &["cnp"],
        proof: Proof::Word,
    },
    Rule {
        kind: "es-dni",
        title: "a Spanish DNI",
        category: Category::NationalIdentifier,
        lengths: &[9],
        valid: |text| text.first().is_some_and(u8::is_ascii_digit) && spanish(text).is_some_and(|valid| valid),
        words: &["dni", "nif"],
        proof: Proof::Word,
    },
    Rule {
        kind: "es-nie",
        title: "a Spanish foreigner's number",
        category: Category::NationalIdentifier,
        lengths: &[9],
        valid: |text| !text.first().is_some_and(u8::is_ascii_digit) && spanish(text).is_some_and(|valid| valid),
        words: &["nie", "extranjero"],
        proof: Proof::Word,
    },
];

/// Odd places by a table, even ones as they are; the letter is the sum mod 26.
fn cypriot(text: &[u8]) -> Option<bool> {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let (check, body) = text.split_last()?;
    let all = digits::<8>(body)?;
    let sum: u32 = all
        .iter()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { ODD.get(*digit as usize).copied().unwrap_or(0) } else { *digit })
        .sum();
    let natural = all.first().is_some_and(|first| matches!(first, 0 | 9));
    Some(natural && u32::from(check.wrapping_sub(b'A')) == sum % 26)
}

/// Codice fiscale: six letters, then digits (or the letters that replace them
/// where two people had the same code), a check letter.
fn italian(text: &[u8]) -> Option<bool> {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let text: &[u8; 16] = text.try_into().ok()?;
    let [body @ .., check] = text;
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(u32::from(b - b'0')),
        _ => b"LMNPQRSTUV".iter().position(|letter| *letter == b).and_then(|index| u32::try_from(index).ok()),
    };
    let sum = body.iter().enumerate().try_fold(0, |sum, (index, b)| {
        let value = usize::from(if b.is_ascii_digit() { b - b'0' } else { b.checked_sub(b'A')? });
        let odd = ODD.get(value).copied()?;
        Some(sum + if index % 2 == 0 { odd } else { u32::try_from(value).ok()? })
    })?;
    let [l1, l2, l3, l4, l5, l6, y1, y2, month, d1, d2, town, t1, t2, t3] = *body;
    let letters = [l1, l2, l3, l4, l5, l6, month, town].iter().all(u8::is_ascii_uppercase);
    let numbers = [y1, y2, t1, t2, t3].into_iter().all(|b| digit(b).is_some());
    let day = (digit(d1)? * 10 + digit(d2)?) % 40;
    let month = b"ABCDEHLMPRST".iter().position(|letter| *letter == month)?;
    let dated = is_short_date(digit(y1)? * 10 + digit(y2)?, u32::try_from(month).ok()? + 1, day);
    Some(letters && numbers && dated && u32::from(check.checked_sub(b'A')?) == sum % 26)
}

/// Eight digits and a check digit, two signs of the version, a check over base 36.
fn portuguese_card(text: &[u8]) -> Option<bool> {
    digits::<9>(text.get(..9)?)?;
    digits::<1>(text.get(11..)?)?;
    let sum = text.iter().rev().enumerate().try_fold(0, |sum, (index, b)| {
        let value = char::from(*b).to_digit(36)?;
        let doubled = if value * 2 > 9 { value * 2 - 9 } else { value * 2 };
        Some(sum + if index % 2 == 0 { value } else { doubled })
    })?;
    Some(sum % 10 == 0)
}

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

/// DNI and NIE (X, Y, Z for 0, 1, 2): the letter is the number mod 23.
fn spanish(text: &[u8]) -> Option<bool> {
    let mut plain: [u8; 9] = text.try_into().ok()?;
    let first = plain.first_mut()?;
    if matches!(first, b'X' | b'Y' | b'Z') {
        *first -= b'X' - b'0';
    }
    let [body @ .., check] = plain;
    let body = digits::<8>(&body)?;
    Some(letter(b"TRWAGMYFPDXBNJZSQVHLCKE", number(&body) % 23) == Some(check))
}
