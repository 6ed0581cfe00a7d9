//! Checks by the name of their algorithm, for detectors that others write.

use super::numbers::{digits, is_verhoeff, mod_97, value};
use crate::finance::luhn;

/// What judges a text.
type Valid = fn(&[u8]) -> bool;

/// A name, and what it accepts: upper-case letters and digits, the check at the end.
pub const ALGORITHMS: &[(&str, Valid)] = &[
    ("luhn", luhn),
    ("verhoeff", |text| {
        !text.is_empty() && all_digits(text) && is_verhoeff(text.iter().map(|byte| u32::from(byte - b'0')))
    }),
    ("damm", damm),
    ("ean", ean),
    // With its separators, unlike all others.
    ("ip-address", |text| std::str::from_utf8(text).is_ok_and(|text| text.parse::<std::net::IpAddr>().is_ok())),
    ("iso7064-mod-11-2", mod_11_2),
    ("iso7064-mod-11-10", mod_11_10),
    ("iso7064-mod-37-2", mod_37_2),
    ("iso7064-mod-37-36", mod_37_36),
    ("iso7064-mod-97-10", |text| mod_97(text.iter().copied()) == Some(1)),
    ("mod-11-eleven-test", |text| digits::<9>(text).is_some() && super::netherlands::is_citizen_number(text)),
];

fn all_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

/// Damm's quasigroup (Total anti-symmetrische Quasigruppen, 2004).
fn damm(text: &[u8]) -> bool {
    const TABLE: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let state = text.iter().try_fold(0u8, |state, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        TABLE.get(usize::from(state))?.get(usize::from(digit)).copied()
    });
    !text.is_empty() && state == Some(0)
}

/// GTIN (GS1 General Specifications, 7.9): weights 1 and 3 from the end, in 8, 12, 13 or 14 digits.
fn ean(text: &[u8]) -> bool {
    let sum: u32 =
        text.iter().rev().zip([1, 3].into_iter().cycle()).map(|(byte, weight)| u32::from(byte & 15) * weight).sum();
    matches!(text.len(), 8 | 12 | 13 | 14) && all_digits(text) && sum.is_multiple_of(10)
}

/// Digits, with X for a check of 10.
fn mod_11_2(text: &[u8]) -> bool {
    pure(text, 11, |byte| byte.is_ascii_digit().then(|| u32::from(byte - b'0')), |last| (last == b'X').then_some(10))
}

/// Digits and letters, with * for a check of 36.
fn mod_37_2(text: &[u8]) -> bool {
    pure(text, 37, value, |last| (last == b'*').then_some(36))
}

/// Pure systems: each state doubled, and 1 at the end.
fn pure(text: &[u8], modulus: u32, inner: fn(u8) -> Option<u32>, extra: fn(u8) -> Option<u32>) -> bool {
    let Some((last, body)) = text.split_last() else { return false };
    let state = body.iter().try_fold(0, |state, byte| Some((state + inner(*byte)?) * 2 % modulus));
    let check = inner(*last).or_else(|| extra(*last));
    state.zip(check).is_some_and(|(state, check)| (state + check) % modulus == 1)
}

fn mod_11_10(text: &[u8]) -> bool {
    let Some((last, body)) = text.split_last() else { return false };
    all_digits(text) && hybrid(body.iter().map(|byte| u32::from(byte - b'0')), u32::from(last - b'0'), 10)
}

fn mod_37_36(text: &[u8]) -> bool {
    let Some((last, body)) = text.split_last() else { return false };
    let known = body.iter().all(|byte| value(*byte).is_some());
    known && value(*last).is_some_and(|last| hybrid(body.iter().filter_map(|byte| value(*byte)), last, 36))
}

/// Hybrid systems, of a modulus and the one above it.
fn hybrid(body: impl Iterator<Item = u32>, check: u32, modulus: u32) -> bool {
    let state = body.fold(modulus, |state, value| {
        let sum = (state + value) % modulus;
        (if sum == 0 { modulus } else { sum }) * 2 % (modulus + 1)
    });
    (state + check) % modulus == 1
}
