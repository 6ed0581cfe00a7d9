//! Germany, Austria, Switzerland, Poland, Czechia and Slovakia, Slovenia, Croatia.

use super::numbers::{digits, is_date, is_mod_11_10, is_short_date, number, weighted};
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
    Rule {
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
    },
    Rule {
        kind: "ch-social-security",
        title: "a Swiss social security number",
        category: Category::SocialSecurityNumber,
        lengths: &[13],
        valid: |text| {
            text.starts_with(b"756")
                && digits::<13>(text)
                    .is_some_and(|all| weighted(&all, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10))
        },
        words: &["ahv", "avs", "navs13", "ahvn13", "sozialversicherung"],
        proof: Proof::WordOrGroups,
    },
    Rule {
        kind: "pl-pesel",
        title: "a Polish PESEL",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| {
            digits::<11>(text).is_some_and(|all| {
                let [y1, y2, m1, m2, d1, d2, ..] = all;
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
        },
        words: &["pesel"],
        proof: Proof::Word,
    },
    Rule {
        kind: "pl-nip",
        title: "a Polish tax number",
        category: Category::TaxIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text)
                .is_some_and(|all @ [.., check]| weighted(&all, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check)
        },
        words: &["nip"],
        proof: Proof::Word,
    },
    Rule {
        kind: "cz-birth-number",
        title: "a Czech or Slovak birth number",
        category: Category::NationalIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|all @ [y1, y2, m1, m2, d1, d2, .., check]| {
                let month = (m1 * 10 + m2) % 50;
                let year = y1 * 10 + y2;
                let month = if month > 20 { month - 20 } else { month };
                // Ten digits are given since 1954.
                let year = if year >= 54 { 1900 + year } else { 2000 + year };
                all.split_at_checked(9).is_some_and(|(body, _)| number(body) % 11 % 10 == u64::from(check))
                    && is_date(year, month, d1 * 10 + d2)
            })
        },
        words: &["rodnecislo", "birthnumber"],
        proof: Proof::Word,
    },
    Rule {
        kind: "si-emso",
        title: "a Slovenian EMŠO",
        category: Category::NationalIdentifier,
        lengths: &[13],
        valid: |text| {
            digits::<13>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, y3, .., check]| {
                let year = y1 * 100 + y2 * 10 + y3;
                let year = if year < 800 { 2000 + year } else { 1000 + year };
                let sum = weighted(&all, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
                is_date(year, m1 * 10 + m2, d1 * 10 + d2) && (11 - sum % 11) % 11 % 10 == check
            })
        },
        words: &["emso"],
        proof: Proof::Word,
    },
    Rule {
        kind: "si-tax-number",
        title: "a Slovenian tax number",
        category: Category::TaxIdentifier,
        lengths: &[8],
        valid: |text| {
            digits::<8>(text).is_some_and(|all @ [first, .., check]| {
                let rest = 11 - weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) % 11;
                first > 0 && rest != 11 && rest % 10 == check
            })
        },
        words: &["davcna"],
        proof: Proof::Word,
    },
    Rule {
        kind: "hr-oib",
        title: "a Croatian OIB",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| digits::<11>(text).is_some_and(|all| is_mod_11_10(&all)),
        words: &["oib"],
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
