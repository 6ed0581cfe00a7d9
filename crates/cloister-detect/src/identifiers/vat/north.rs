//! Czechia, Denmark, Estonia, Finland, Hungary, Latvia, Lithuania, Poland, Slovakia, Sweden. Checks: the Commission's
//! VIES, "check digit routines" of the member states.

use super::super::baltics::is_latvian;
use super::super::czechia::is_birth_number;
use super::super::numbers::{digits, is_luhn, number, weighted};
use super::super::poland::is_nip;
use super::behind;

/// DIČ: eight digits of companies, nine from 6 on of special cases, birth numbers of persons.
pub fn czech(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"CZ") else { return false };
    if let Some(all @ [first, .., check]) = digits::<8>(body) {
        let rest = (11 - weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        return first != 9 && check == if rest == 0 { 1 } else { rest % 10 };
    }
    if let Some([6, middle @ .., check]) = digits::<9>(body) {
        let rest = weighted(&middle, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        return check == (8 + rest) % 10;
    }
    is_birth_number(body)
}

/// CVR number.
pub fn danish(text: &[u8]) -> bool {
    behind(text, b"DK")
        .and_then(digits::<8>)
        .is_some_and(|all @ [first, ..]| first > 0 && weighted(&all, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

/// KMKR.
pub fn estonian(text: &[u8]) -> bool {
    behind(text, b"EE")
        .and_then(digits::<9>)
        .is_some_and(|all| weighted(&all, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))
}

/// ALV number: the Y-tunnus.
pub fn finnish(text: &[u8]) -> bool {
    behind(text, b"FI")
        .and_then(digits::<8>)
        .is_some_and(|all| weighted(&all, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11))
}

/// Közösségi adószám.
pub fn hungarian(text: &[u8]) -> bool {
    behind(text, b"HU")
        .and_then(digits::<8>)
        .is_some_and(|all| weighted(&all, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10))
}

/// PVN: companies start from 4 on; persons have their personal code.
pub fn latvian(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"LV") else { return false };
    match digits::<11>(body) {
        Some(all @ [4..=9, ..]) => weighted(&all, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3,
        _ => is_latvian(body),
    }
}

/// PVM: a 1 stands before the check.
pub fn lithuanian(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"LT") else { return false };
    let nine = digits::<9>(body)
        .is_some_and(|[a, b, c, d, e, f, g, one, check]| one == 1 && two_rounds(&[a, b, c, d, e, f, g, one]) == check);
    let twelve =
        || digits::<12>(body).is_some_and(|[body @ .., check]| matches!(body, [.., 1]) && two_rounds(&body) == check);
    nine || twelve()
}

fn two_rounds(body: &[u32]) -> u32 {
    let first = weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]) % 11;
    let second = || weighted(body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]) % 11;
    if first < 10 { first } else { second() % 10 }
}

/// NIP.
pub fn polish(text: &[u8]) -> bool {
    behind(text, b"PL").is_some_and(is_nip)
}

/// IČ DPH: a multiple of eleven whose third digit tells companies; or a birth number.
pub fn slovak(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"SK") else { return false };
    let company = |all: [u32; 10]| match all {
        [first, _, third, ..] => first > 0 && matches!(third, 2..=4 | 7..=9) && number(&all).is_multiple_of(11),
    };
    digits::<10>(body).is_some_and(company) || body.len() == 10 && is_birth_number(body)
}

/// Momsregistreringsnummer: number of the company or person, and 01.
pub fn swedish(text: &[u8]) -> bool {
    matches!(behind(text, b"SE"), Some([body @ .., b'0', b'1']) if digits::<10>(body).is_some_and(|all| is_luhn(&all)))
}
