//! Belgium, France, Ireland, Luxembourg, Malta, the Netherlands, the United Kingdom.

use super::numbers::{digits, is_date, is_luhn, letter, number, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "be-national-number",
        title: "a Belgian national number",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| belgian(text).is_some_and(|valid| valid),
        words: &["rijksregister", "nationalnumber", "registrenational", "insz", "niss", "bisnumber", "rrn"],
        proof: Proof::Word,
    },
    Rule {
        kind: "be-identity-card",
        title: "a Belgian identity card",
        category: Category::IdentityDocument,
        lengths: &[12],
        valid: |text| {
            digits::<12>(text).is_some_and(|all| {
                let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
                let rest = number(body) % 97;
                number(check) == if rest == 0 { 97 } else { rest }
            })
        },
        words: &["eid", "identitycard", "identiteitskaart", "carteidentite"],
        proof: Proof::Word,
    },
    Rule {
        kind: "fr-social-security",
        title: "a French social security number",
        category: Category::SocialSecurityNumber,
        lengths: &[15],
        valid: |text| french(text).is_some_and(|valid| valid),
        words: &["nir", "insee", "securitesociale", "numerosecu", "secu"],
        proof: Proof::WordOrGroups,
    },
    Rule {
        kind: "fr-tax-number",
        title: "a French tax number",
        category: Category::TaxIdentifier,
        lengths: &[13],
        valid: |text| {
            digits::<13>(text).is_some_and(|all| {
                let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
                all.first().is_some_and(|first| *first <= 3) && number(body) % 511 == number(check)
            })
        },
        words: &["spi", "numerofiscal", "fiscal", "nif"],
        proof: Proof::Word,
    },
    Rule {
        kind: "ie-pps-number",
        title: "an Irish PPS number",
        category: Category::SocialSecurityNumber,
        lengths: &[8, 9],
        valid: |text| irish(text).is_some_and(|valid| valid),
        words: &["pps", "ppsn"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lu-national-number",
        title: "a Luxembourg national number",
        category: Category::NationalIdentifier,
        lengths: &[13],
        valid: |text| luxembourgish(text).is_some_and(|valid| valid),
        words: &["matricule"],
        proof: Proof::Word,
    },
    Rule {
        kind: "nl-citizen-number",
        title: "a Dutch citizen service number",
        category: Category::NationalIdentifier,
        lengths: &[9],
        valid: |text| dutch(text) == Some(0),
        words: &["bsn", "burgerservice", "sofinummer", "sofi"],
        proof: Proof::Word,
    },
    Rule {
        kind: "nl-education-number",
        title: "a Dutch education number",
        category: Category::Education,
        lengths: &[9],
        valid: |text| text.starts_with(b"10") && dutch(text) == Some(5),
        words: &["onderwijsnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-nhs-number",
        title: "an NHS number",
        category: Category::Health,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|all| weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
        },
        words: &["nhs"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-national-insurance",
        title: "a National Insurance number",
        category: Category::SocialSecurityNumber,
        lengths: &[9],
        valid: |text| insurance(text).is_some_and(|valid| valid),
        words: &["nino", "nationalinsurance", "ninumber"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-tax-reference",
        title: "a British tax reference",
        category: Category::TaxIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|[check, rest @ ..]| {
                letter(b"21987654321", u64::from(weighted(&rest, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11))
                    .map(|b| u32::from(b - b'0'))
                    == Some(check)
            })
        },
        words: &["utr", "taxpayerreference", "taxreference"],
        proof: Proof::Word,
    },
];

/// Rijksregisternummer and BIS number (month raised by 20 or 40).
fn belgian(text: &[u8]) -> Option<bool> {
    let [y1, y2, m1, m2, d1, d2, s1, s2, s3, c1, c2] = digits::<11>(text)?;
    let body = number(&[y1, y2, m1, m2, d1, d2, s1, s2, s3]);
    let check = number(&[c1, c2]);
    let (old, new) = (97 - body % 97 == check, 97 - (2_000_000_000 + body) % 97 == check);
    let (year, month, day) = (y1 * 10 + y2, (m1 * 10 + m2) % 20, d1 * 10 + d2);
    let century = if new { 2000 } else { 1900 };
    let dated = month == 0 || day == 0 || is_date(century + year, month, day);
    Some((old || new) && m1 * 10 + m2 <= 52 && day <= 31 && month <= 12 && dated)
}

/// NIR: sex, year, month, department (2A and 2B for Corsica), key of 97.
fn french(text: &[u8]) -> Option<bool> {
    let mut plain: [u8; 15] = text.try_into().ok()?;
    match text.get(5..7)? {
        b"2A" => plain.get_mut(5..7)?.copy_from_slice(b"19"),
        b"2B" => plain.get_mut(5..7)?.copy_from_slice(b"18"),
        _ => {}
    }
    let all = digits::<15>(&plain)?;
    let (body, check) = all.split_at_checked(13)?;
    let [sex, _, _, m1, m2, ..] = all;
    let month = m1 * 10 + m2;
    let months = (1..=12).contains(&month) || (20..=42).contains(&month) || month >= 50;
    Some(matches!(sex, 1..=4 | 7 | 8) && months && 97 - number(body) % 97 == number(check))
}

/// PPSN: the second letter counts ninefold when it is A, B or H.
fn irish(text: &[u8]) -> Option<bool> {
    let all = digits::<7>(text.get(..7)?)?;
    let check = *text.get(7)?;
    let extra = match text.get(8) {
        None | Some(b'W' | b'T' | b'X') => 0,
        Some(second @ (b'A' | b'B' | b'H')) => u32::from(second - b'A') + 1,
        Some(b'I' | b'P' | b'S') => return Some(false),
        Some(_) => return Some(false),
    };
    let sum = weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra;
    Some(letter(b"WABCDEFGHIJKLMNOPQRSTUV", u64::from(sum % 23)) == Some(check))
}

/// Thirteen digits: date of birth, Luhn, Verhoeff.
fn luxembourgish(text: &[u8]) -> Option<bool> {
    let all @ [y1, y2, y3, y4, m1, m2, d1, d2, a, b, c, luhn, check] = digits::<13>(text)?;
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    let body = [y1, y2, y3, y4, m1, m2, d1, d2, a, b, c];
    let first = all.split_at_checked(12)?.0;
    let dated = (1850..2100).contains(&year) && is_date(year, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && luhn < 10 && is_luhn(first) && verhoeff(&body, check))
}

/// Verhoeff's dihedral check, computed: the group D5 and the powers of one permutation.
fn verhoeff(body: &[u32], check: u32) -> bool {
    const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let permuted = |digit: u32, times: usize| {
        (0..times % 8).fold(digit, |digit, _| PERMUTATION.get(digit as usize).copied().unwrap_or(0))
    };
    let with_check = body.iter().chain([&check]);
    with_check.rev().enumerate().fold(0, |state, (index, digit)| times(state, permuted(*digit, index))) == 0
}

/// The sum of the eleven test.
fn dutch(text: &[u8]) -> Option<u32> {
    let all @ [.., last] = digits::<9>(text)?;
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 0]) + 11 - last;
    (number(&all) > 0).then_some(sum % 11)
}

fn insurance(text: &[u8]) -> Option<bool> {
    let [first, second, middle @ .., last] = text else { return None };
    let prefix = [*first, *second];
    let banned = |b: u8| b"DFIQUV".contains(&b);
    let never = [*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"];
    let letters = prefix.iter().all(u8::is_ascii_uppercase) && !prefix.iter().any(|b| banned(*b)) && *second != b'O';
    Some(letters && !never.contains(&prefix) && digits::<6>(middle).is_some() && (b'A'..=b'D').contains(last))
}
