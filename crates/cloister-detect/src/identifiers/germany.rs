//! Germany.

use super::numbers::{digits, is_mod_11_10, is_short_date, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "de-tax-number",
        title: "a German tax identification number",
        category: Category::TaxIdentifier,
        lengths: &[11],
        valid: |text| german_tax(text).is_some_and(|valid| valid),
        words: &["steuerid", "steueridentifikation", "idnr", "steuernummer", "identifikationsnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-pension-number",
        title: "a German pension insurance number",
        category: Category::SocialSecurityNumber,
        lengths: &[12],
        valid: |text| pension(text).is_some_and(|valid| valid),
        words: &["rvnr", "rentenversicherung", "sozialversicherung", "svnr", "versicherungsnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-health-insurance",
        title: "a German health insurance number",
        category: Category::Health,
        lengths: &[10],
        valid: |text| health_insurance(text).is_some_and(|valid| valid),
        words: &["kvnr", "krankenversicher", "versichertennummer", "krankenkasse", "healthinsurance"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-identity-card",
        title: "a German identity card or passport",
        category: Category::IdentityDocument,
        lengths: &[10],
        valid: |text| travel_document(text).is_some_and(|valid| valid),
        words: &["personalausweis", "reisepass", "ausweisnummer", "ausweis", "passport", "identitycard"],
        proof: Proof::Word,
    },
];

/// Steuer-IdNr: one digit of the first ten stands twice or three times, no other
/// digit more than once, and one or two digits are missing.
fn german_tax(text: &[u8]) -> Option<bool> {
    let all @ [first, ..] = digits::<11>(text)?;
    let body = all.split_at_checked(10)?.0;
    let times = |digit: u32| body.iter().filter(|other| **other == digit).count();
    let counts: Vec<usize> = (0..10).map(times).collect();
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let most = counts.iter().copied().max()?;
    Some(first != 0 && repeated == 1 && most <= 3 && is_mod_11_10(&all))
}

/// RVNR: area, date of birth, letter, serial, check over digit sums.
fn pension(text: &[u8]) -> Option<bool> {
    let text: &[u8; 12] = text.try_into().ok()?;
    let [head @ .., letter, s1, s2, check] = text;
    let [a1, a2, d1, d2, m1, m2, y1, y2] = digits::<8>(head)?;
    let [s1, s2, check] = digits::<3>(&[*s1, *s2, *check])?;
    let place = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
    let all = [a1, a2, d1, d2, m1, m2, y1, y2, place / 10, place % 10, s1, s2];
    let sum: u32 =
        all.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(|(digit, weight)| cross(digit * weight)).sum();
    Some(is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && sum % 10 == check)
}

/// KVNR: a letter and nine digits, the last of them the check.
fn health_insurance(text: &[u8]) -> Option<bool> {
    let (letter, rest) = text.split_first()?;
    let [a, b, c, d, e, f, g, h, check] = digits::<9>(rest)?;
    let place = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
    let all = [place / 10, place % 10, a, b, c, d, e, f, g, h];
    let sum: u32 = all.iter().zip([1, 2].iter().cycle()).map(|(digit, weight)| cross(digit * weight)).sum();
    Some(sum % 10 == check)
}

fn cross(number: u32) -> u32 {
    number / 10 + number % 10
}

/// ICAO 9303: weights 7, 3, 1 over nine signs, with letters from 10.
fn travel_document(text: &[u8]) -> Option<bool> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let [body @ .., check] = text;
    let value = |b: u8| match b {
        b'0'..=b'9' => Some(u32::from(b - b'0')),
        b'A'..=b'Z' => Some(u32::from(b - b'A') + 10),
        _ => None,
    };
    let values: Vec<u32> = body.iter().map(|b| value(*b)).collect::<Option<_>>()?;
    let allowed = body.iter().all(|b| b.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(b));
    let starts = body.first().is_some_and(u8::is_ascii_uppercase);
    Some(allowed && starts && weighted(&values, &[7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == value(*check)?)
}
