//! Bulgaria, Croatia, Cyprus, Greece, Italy, Malta, Portugal, Romania, Slovenia, Spain. Checks: the Commission's VIES,
//! "check digit routines" of the member states.

use super::super::bulgaria::{is_egn, is_foreigner};
use super::super::croatia::is_oib;
use super::super::numbers::{digits, is_luhn, letter, luhn_sum, number, weighted};
use super::super::romania::is_cnp;
use super::super::spain::{is_dni, is_nie, is_special_nif};
use super::super::{cyprus, greece, portugal, slovenia};
use super::behind;

/// Nine digits of companies; ten of persons, foreigners and others.
pub fn bulgarian(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"BG") else { return false };
    if let Some(all @ [.., check]) = digits::<9>(body) {
        let first = weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
        let second = weighted(&all, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11;
        return check == if first < 10 { first } else { second % 10 };
    }
    let other = |all: [u32; 10]| match all {
        [.., check] => (11 - weighted(&all, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == check,
    };
    is_egn(body) || is_foreigner(body) || digits::<10>(body).is_some_and(other)
}

/// ΦΠΑ: the tax number, of companies too.
pub fn cypriot(text: &[u8]) -> bool {
    behind(text, b"CY").is_some_and(cyprus::is_tax_number)
}

/// ΑΦΜ, behind EL (Directive 2006/112/EC, Art. 215) or what is written instead of it.
pub fn greek(text: &[u8]) -> bool {
    behind(text, b"EL").or_else(|| behind(text, b"GR")).is_some_and(greece::is_tax_number)
}

/// NIF of persons, or of organisations: a letter of their kind, seven digits, and the check by Luhn, as a digit or as a
/// letter (Orden EHA/451/2008).
pub fn spanish(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"ES") else { return false };
    match body {
        [b'0'..=b'9', ..] => is_dni(body),
        [b'X' | b'Y' | b'Z', ..] => is_nie(body),
        [b'K' | b'L' | b'M', ..] => is_special_nif(body),
        [kind, middle @ .., check] if b"ABCDEFGHJNPQRSUVW".contains(kind) => digits::<7>(middle).is_some_and(|all| {
            let [a, b, c, d, e, f, g] = all;
            let control = (10 - luhn_sum(&[a, b, c, d, e, f, g, 0]) % 10) % 10;
            [b"0123456789", b"JABCDEFGHI"].into_iter().any(|signs| letter(signs, u64::from(control)) == Some(*check))
        }),
        _ => false,
    }
}

/// OIB.
pub fn croatian(text: &[u8]) -> bool {
    behind(text, b"HR").is_some_and(is_oib)
}

/// Partita IVA (DPR 633/1972, Art. 35): serial, province, Luhn.
pub fn italian(text: &[u8]) -> bool {
    behind(text, b"IT").and_then(digits::<11>).is_some_and(|all @ [_, _, _, _, _, _, _, p1, p2, p3, _]| {
        let serial = all.split_at_checked(7).is_some_and(|(serial, _)| number(serial) > 0);
        serial && matches!(number(&[p1, p2, p3]), 1..=100 | 120 | 121 | 888 | 999) && is_luhn(&all)
    })
}

/// Mod 37.
pub fn maltese(text: &[u8]) -> bool {
    behind(text, b"MT")
        .and_then(digits::<8>)
        .is_some_and(|all @ [first, ..]| first > 0 && weighted(&all, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))
}

/// NIF.
pub fn portuguese(text: &[u8]) -> bool {
    behind(text, b"PT").is_some_and(portugal::is_tax_number)
}

/// CUI of two to ten digits, or CNP (Codul fiscal, Art. 316).
pub fn romanian(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let Some(body) = behind(text, b"RO") else { return false };
    if body.len() == 13 {
        return is_cnp(body);
    }
    let Some((check, rest)) = body.split_last() else { return false };
    if !(1..=9).contains(&rest.len()) || body.starts_with(b"0") || !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    // Short numbers are filled with zeros from the left.
    let pairs = rest.iter().rev().zip(WEIGHTS.iter().rev());
    let sum: u32 = pairs.map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    sum * 10 % 11 % 10 == u32::from(check - b'0')
}

/// Davčna številka.
pub fn slovenian(text: &[u8]) -> bool {
    behind(text, b"SI").is_some_and(slovenia::is_tax_number)
}
