//! Austria, Belgium, France, Germany, Ireland, Luxembourg, the Netherlands, Northern Ireland. Checks: the Commission's
//! VIES, "check digit routines" of the member states.

use super::super::ireland::check_letter;
use super::super::netherlands::is_citizen_number;
use super::super::numbers::{digits, is_luhn, is_mod_11_10, luhn_sum, mod_97, number, weighted};
use super::behind;

/// UID (UStG Art. 28): U, seven digits, and what Luhn's sum and 4 lack to ten.
pub fn austrian(text: &[u8]) -> bool {
    behind(text, b"ATU").and_then(digits::<8>).is_some_and(|all| {
        let (body, check) = all.split_at_checked(7).unwrap_or((&all, &[]));
        [(16 - luhn_sum(body) % 10) % 10] == *check
    })
}

/// Ondernemingsnummer (royal decree of 24 June 2003): 0 or 1 first, which old numbers of nine digits lack.
pub fn belgian(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"BE") else { return false };
    let old = digits::<9>(body).map(|[a, b, c, d, e, f, g, h, i]| [0, a, b, c, d, e, f, g, h, i]);
    digits::<10>(body).or(old).is_some_and(|all @ [first, ..]| {
        let (body, check) = all.split_at_checked(8).unwrap_or((&all, &[]));
        first <= 1 && number(&all) > 0 && (number(body) + number(check)).is_multiple_of(97)
    })
}

/// TVA intracommunautaire (CGI annexe 2, Art. 256): two digits or letters over the SIREN, whose Luhn must hold but in
/// Monaco (000).
pub fn french(text: &[u8]) -> bool {
    let Some([k1, k2, body @ ..]) = behind(text, b"FR") else { return false };
    let Some(all) = digits::<9>(body) else { return false };
    let siren = number(&all);
    if !body.starts_with(b"000") && !is_luhn(&all) {
        return false;
    }
    // Letters without I and O count from 10.
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'A'..=b'H' => Some(u64::from(byte - b'A') + 10),
        b'J'..=b'N' => Some(u64::from(byte - b'A') + 9),
        b'P'..=b'Z' => Some(u64::from(byte - b'A') + 8),
        _ => None,
    };
    let (Some(first), Some(second)) = (value(*k1), value(*k2)) else { return false };
    let check = match (k1.is_ascii_digit(), k2.is_ascii_digit()) {
        (true, true) => return first * 10 + second == (siren * 100 + 12) % 97,
        (true, false) => (first * 24 + second).checked_sub(10),
        (false, _) => (first * 34 + second).checked_sub(100),
    };
    check.is_some_and(|check| (siren + 1 + check / 11) % 11 == check % 11)
}

/// USt-IdNr (UStG § 27a): ISO 7064 mod 11,10.
pub fn german(text: &[u8]) -> bool {
    behind(text, b"DE").and_then(digits::<9>).is_some_and(|all @ [first, ..]| first > 0 && is_mod_11_10(&all))
}

/// Seven digits and one letter or two; before 2013 the second place was a letter or sign, and the first digit was
/// counted last.
pub fn irish(text: &[u8]) -> bool {
    let known = |byte: &u8| (b'A'..=b'W').contains(byte);
    let Some([body @ .., c]) = behind(text, b"IE") else { return false };
    let (body, check, second) = match body {
        [_, _, _, _, _, _, _] => (body, c, None),
        [body @ .., check] if body.len() == 7 => (body, check, Some(c)),
        _ => return false,
    };
    if !known(check) || second.is_some_and(|letter| !known(letter)) {
        return false;
    }
    let extra = second.map_or(0, |letter| (u32::from(letter - b'A') + 1) % 23);
    let expected = match (digits::<7>(body), body) {
        (Some(all), _) => check_letter(&all, extra),
        (None, [first, b'A'..=b'Z', a, b, c, d, e]) => digits::<6>(&[*a, *b, *c, *d, *e, *first])
            .and_then(|[a, b, c, d, e, f]| check_letter(&[0, a, b, c, d, e, f], 0)),
        _ => None,
    };
    expected == Some(*check)
}

/// Six digits, mod 89.
pub fn luxembourgish(text: &[u8]) -> bool {
    behind(text, b"LU").and_then(digits::<8>).is_some_and(|all| {
        let (body, check) = all.split_at_checked(6).unwrap_or((&all, &[]));
        number(body) % 89 == number(check)
    })
}

/// Btw-identificatienummer: nine digits, B, a number of two digits that is not 00. Of companies the test of eleven
/// holds, of sole traders (since 2020) ISO 7064 mod 97-10 over all of it.
pub fn dutch(text: &[u8]) -> bool {
    let Some((body, suffix)) = behind(text, b"NL").and_then(|rest| rest.split_at_checked(9)) else { return false };
    let [b'B', s1, s2] = suffix else { return false };
    let suffix = digits::<2>(&[*s1, *s2]).is_some_and(|suffix| number(&suffix) > 0);
    let body_counts = digits::<9>(body).is_some_and(|body| number(&body) > 0);
    suffix && body_counts && (is_citizen_number(body) || mod_97(text.iter().copied()) == Some(1))
}

/// As in Great Britain (HMRC, VATREC): mod 97, or since 2010 that and 55; GD below 500 for departments, HA from 500 on
/// for health authorities; three more digits for a branch.
pub fn northern_irish(text: &[u8]) -> bool {
    let Some(body) = behind(text, b"XI") else { return false };
    match body {
        [kind @ .., a, b, c] if matches!(kind, b"GD" | b"HA") => office(kind, &[*a, *b, *c]),
        [k1, k2, b'8', b'8', b'8', b'8', a, b, c, c1, c2] => {
            let check = digits::<3>(&[*a, *b, *c]).zip(digits::<2>(&[*c1, *c2]));
            office(&[*k1, *k2], &[*a, *b, *c])
                && check.is_some_and(|(body, check)| number(&body) % 97 == number(&check))
        }
        _ => {
            let branch = body.get(9..).is_some_and(|branch| branch.is_empty() || digits::<3>(branch).is_some());
            branch && body.get(..9).and_then(digits::<9>).is_some_and(|all| registered(&all))
        }
    }
}

fn office(kind: &[u8], place: &[u8; 3]) -> bool {
    digits::<3>(place).is_some_and(|place| match kind {
        b"GD" => number(&place) < 500,
        b"HA" => number(&place) >= 500,
        _ => false,
    })
}

fn registered(all: &[u32; 9]) -> bool {
    let rest = weighted(all, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    let [first, ..] = all;
    rest == 0 || *first > 0 && matches!(rest, 42 | 55)
}
