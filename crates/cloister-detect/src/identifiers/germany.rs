//! Germany.

use super::numbers::{digits, icao, is_mod_11_10, is_short_date, place, value};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "de-tax-account",
        title: "a German Steuernummer",
        category: Category::TaxIdentifier,
        country: "DE",
        lengths: &[10, 11, 13],
        shapes: &[Shape::of("##########"), Shape::of("###########"), Shape::of("####0########").starting("123459")],
        valid: tax_account,
        words: &["steuernummer", "stnr", "steuernr"],
        proof: Proof::OwnWord,
    },
    Rule {
        kind: "de-tax-number",
        title: "a German tax identification number",
        category: Category::TaxIdentifier,
        country: "DE",
        lengths: &[11],
        shapes: &[Shape::of("###########").starting("123456789")],
        valid: tax_identification,
        words: &["steuerid", "steueridentifikation", "idnr", "steuernummer", "identifikationsnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-pension-number",
        title: "a German pension insurance number",
        category: Category::SocialSecurityNumber,
        country: "DE",
        lengths: &[12],
        shapes: &[Shape::of("########@###")],
        valid: |text| pension(text).is_some_and(|valid| valid),
        words: &["rvnr", "rentenversicherung", "sozialversicherung", "svnr", "versicherungsnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-health-insurance",
        title: "a German health insurance number",
        category: Category::Health,
        country: "DE",
        lengths: &[10],
        shapes: &[Shape::of("@#########")],
        valid: |text| health_insurance(text).is_some_and(|valid| valid),
        words: &["kvnr", "krankenversicher", "versichertennummer", "krankenkasse", "healthinsurance"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-identity-card",
        title: "a German identity card or passport",
        category: Category::IdentityDocument,
        country: "DE",
        lengths: &[9, 10],
        shapes: &[
            Shape::of("?????????").starting("CFGHJKLMNPRTVWXYZ"),
            Shape::of("?????????#").starting("0123456789CFGHJKLMNPRTVWXYZ"),
        ],
        valid: travel_document,
        words: &["personalausweis", "reisepass", "ausweisnummer", "ausweis", "passport", "identitycard"],
        proof: Proof::Word,
    },
    Rule {
        kind: "de-driving-licence",
        title: "a German driving licence",
        category: Category::IdentityDocument,
        country: "DE",
        lengths: &[11],
        shapes: &[Shape::of("@##????????").starting("ABCDEFGHIJKLMNOP")],
        valid: driving_licence,
        words: &["fuehrerschein", "fuhrerschein", "fahrerlaubnis", "drivinglicence", "driverlicense", "driverslicense"],
        proof: Proof::Word,
    },
];

/// Steuer-IdNr (AO § 139b; Steueridentifikationsnummerverordnung § 1): one digit of the first ten stands twice or three
/// times, no other more than once; ISO 7064 mod 11,10.
fn tax_identification(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|all @ [first, body @ .., _]| {
        // Four bits for each digit count how often it stands there.
        let counts = body.iter().chain([&first]).fold(0u64, |counts, digit| counts + (1 << (digit * 4)));
        let mut more = (0..10).map(|digit| counts >> (digit * 4) & 15).filter(|count| *count > 1);
        first != 0 && matches!(more.next(), Some(2 | 3)) && more.next().is_none() && is_mod_11_10(&all)
    })
}

/// Steuernummer: ten or eleven digits as the Land writes them, thirteen as ELSTER does (number of the Land, a 0 at the
/// fifth place). Each Land has its own check and some have several: none is asked, so that the word alone tells.
fn tax_account(text: &[u8]) -> bool {
    let known = match text {
        [a, b, _, _, zero, ..] if text.len() == 13 => {
            *zero == b'0'
                && (matches!(a, b'5' | b'9')
                    || matches!(
                        &[*a, *b],
                        b"10"
                            | b"11"
                            | b"21"
                            | b"22"
                            | b"23"
                            | b"24"
                            | b"26"
                            | b"27"
                            | b"28"
                            | b"30"
                            | b"31"
                            | b"32"
                            | b"40"
                            | b"41"
                    ))
        }
        _ => matches!(text.len(), 10 | 11),
    };
    known && text.iter().all(u8::is_ascii_digit)
}

/// Versicherungsnummer (VKVV § 2 and § 4): area, date of birth, letter, serial, check over digit sums.
fn pension(text: &[u8]) -> Option<bool> {
    let text: &[u8; 12] = text.try_into().ok()?;
    let [head @ .., letter, s1, s2, check] = text;
    let [a1, a2, d1, d2, m1, m2, y1, y2] = digits::<8>(head)?;
    let [s1, s2, check] = digits::<3>(&[*s1, *s2, *check])?;
    let place = place(*letter)? + 1;
    let all = [a1, a2, d1, d2, m1, m2, y1, y2, place / 10, place % 10, s1, s2];
    let sum = crossed(&all, &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
    Some(is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && sum % 10 == check)
}

/// Krankenversichertennummer (SGB V § 290): a letter and nine digits, the last of them the check.
fn health_insurance(text: &[u8]) -> Option<bool> {
    let (letter, rest) = text.split_first()?;
    let [a, b, c, d, e, f, g, h, check] = digits::<9>(rest)?;
    let place = place(*letter)? + 1;
    let sum = crossed(&[place / 10, place % 10, a, b, c, d, e, f, g, h], &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    Some(sum % 10 == check)
}

/// The sum of the digit sums of products.
fn crossed(digits: &[u32], weights: &[u32]) -> u32 {
    let cross = |product: u32| product / 10 + product % 10;
    digits.iter().zip(weights).map(|(digit, weight)| cross(digit * weight)).sum()
}

/// Serial number of cards and passports (PAuswV and PassV): no letter that could be misread or make a word; the check
/// of ICAO 9303 when it is written with it. Cards before November 2010 have digits only.
fn travel_document(text: &[u8]) -> bool {
    let serial = |body: &[u8]| {
        let old = body.iter().all(u8::is_ascii_digit);
        let starts = body.first().is_some_and(|first| first.is_ascii_uppercase());
        let known = |b: &u8| b.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(b);
        (old, starts && body.iter().all(known) && body.iter().filter(|b| b.is_ascii_digit()).count() >= 2)
    };
    match text.split_at_checked(9) {
        Some((body, [])) => serial(body).1,
        Some((body, [check])) => {
            let (old, new) = serial(body);
            (old || new) && check.is_ascii_digit() && icao(body.iter().copied()) == value(*check)
        }
        _ => false,
    }
}

/// Führerscheinnummer (FeV annex 8): authority, serial, a check mod 11 (X for 10) by weights 9 to 1, issue.
fn driving_licence(text: &[u8]) -> bool {
    let [land, k1, k2, body @ .., check, issue] = text else { return false };
    if text.len() != 11 || !(b'A'..=b'P').contains(land) || digits::<2>(&[*k1, *k2]).is_none() {
        return false;
    }
    let all = [*land, *k1, *k2].into_iter().chain(body.iter().copied());
    let sum = all.zip((1..=9).rev()).try_fold(0, |sum, (byte, weight)| Some(sum + value(byte)? * weight));
    let expected = sum.map(|sum| if sum % 11 == 10 { b'X' } else { b'0' + u8::try_from(sum % 11).unwrap_or(0) });
    expected == Some(*check) && value(*issue).is_some()
}
