//! Bugs that rules of identifiers have, put over our answers: each must be noticed, or the numbers are too weak.

use cloister_detect::checksum;

/// A bug: which check has it, and what it would answer instead of us.
pub(super) struct Bug {
    /// What is wrong.
    pub name: &'static str,
    /// The check.
    pub kind: &'static str,
    /// The answer with the bug; the second argument is ours without it.
    pub answer: fn(&str, bool) -> bool,
}

const fn bug(kind: &'static str, name: &'static str, answer: fn(&str, bool) -> bool) -> Bug {
    Bug { name, kind, answer }
}

/// All of them.
pub(super) const BUGS: &[Bug] = &[
    bug("at-social-security", "months above 12 are refused", |text, ours| ours && number(text, 6, 2) <= 12),
    bug("at-tax-number", "no office is looked up", |text, ours| ours || text.len() == 9 && holds("luhn", text)),
    bug("be-national-number", "everybody was born before 2000", |text, ours| {
        ours && 97 - number(text, 0, 9) % 97 == number(text, 9, 2)
    }),
    bug("be-national-number", "months of BIS numbers are taken", |text, ours| ours || holds("be-bis-number", text)),
    bug("be-bis-number", "the sex is always known", |text, ours| ours && number(text, 2, 2) >= 40),
    bug("be-identity-card", "a remainder of 0 is no 97", |text, ours| ours && !text.ends_with("97")),
    bug("bg-egn", "a remainder of 10 is refused", |text, ours| {
        ours && weighted(text, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 != 10
    }),
    bug("bg-egn", "nobody was born after 1999", |text, ours| ours && number(text, 2, 2) <= 32),
    bug("cz-birth-number", "women are forgotten", |text, ours| ours && number(text, 2, 2) < 50),
    bug("cz-birth-number", "months are never raised by 20", |text, ours| ours && number(text, 2, 2) % 50 <= 12),
    bug("cz-birth-number", "a remainder of 10 is refused", |text, ours| {
        ours && (text.len() == 9 || number(text, 0, 9) % 11 != 10)
    }),
    bug("cz-birth-number", "nine digits are refused", |text, ours| ours && text.len() != 9),
    bug("cy-tax-number", "numbers that start with 9 are refused", |text, ours| ours && !text.starts_with('9')),
    bug("dk-cpr", "the check of before 2007 is asked", |text, ours| {
        ours && weighted(text, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    }),
    bug("dk-cpr", "every year has a leap day", |text, ours| ours || text.len() == 10 && text.starts_with("2902")),
    bug("ee-identity-code", "there is no second round", |text, ours| {
        ours && weighted(text, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 < 10
    }),
    bug("lt-personal-code", "a 9 is refused", |text, ours| ours && !text.starts_with('9')),
    bug("lv-personal-code", "codes without date are refused", |text, ours| ours && !text.starts_with("32")),
    bug("fi-identity-code", "the signs of 2023 are not known", |text, ours| {
        ours && (text.len() == 10 || text.chars().nth(6) == Some('A'))
    }),
    bug("fi-identity-code", "serials start at 0", |text, ours| ours || finnish_letter(text)),
    bug("fr-social-security", "Corsica is no department", |text, ours| ours && !text.contains(['A', 'B'])),
    bug("fr-tax-number", "the key is mod 97", |text, ours| ours && number(text, 0, 10) % 97 == number(text, 10, 3)),
    bug("de-tax-number", "no digit stands three times", |text, ours| {
        ours && !('0'..='9').any(|digit| text.get(..10).is_some_and(|body| body.matches(digit).count() == 3))
    }),
    bug("de-tax-number", "only the check is asked", |text, ours| {
        ours || text.len() == 11 && holds("iso7064-mod-11-10", text)
    }),
    bug("gr-amka", "the date is not asked", |text, ours| ours || text.len() == 11 && holds("luhn", text)),
    bug("gr-tax-number", "a remainder of 10 is refused", |text, ours| {
        ours && weighted(text, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 != 10
    }),
    bug("ie-pps-number", "the second letter counts nothing", |text, ours| {
        if text.len() == 9 { text.get(..8).is_some_and(|old| holds("ie-pps-number", old)) } else { ours }
    }),
    bug("it-fiscal-code", "women are forgotten", |text, ours| ours && number(text, 9, 2) <= 31),
    bug("it-fiscal-code", "no letter replaces a digit", |text, ours| {
        ours && text.get(6..8).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()))
    }),
    bug("lu-national-number", "Luhn's check is not asked", |text, ours| {
        let without = text.get(..11).zip(text.get(12..)).map(|(body, check)| format!("{body}{check}"));
        ours || text.len() == 13 && without.is_some_and(|verhoeff| holds("verhoeff", &verhoeff))
    }),
    bug("nl-citizen-number", "the last digit is added", |text, ours| {
        ours && weighted(text, &[9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    }),
    bug("nl-identity-document", "an O is taken", |text, ours| {
        ours || text.contains('O') && holds("nl-identity-document", &text.replace('O', "P"))
    }),
    bug("no-birth-number", "D-numbers are refused", |text, ours| ours && number(text, 0, 2) <= 31),
    bug("no-birth-number", "H-numbers are refused", |text, ours| ours && number(text, 2, 2) <= 12),
    bug("pl-pesel", "everybody was born in the 20th century", |text, ours| ours && number(text, 2, 2) <= 12),
    bug("pt-citizen-card", "versions are digits", |text, ours| ours && text.bytes().all(|byte| byte.is_ascii_digit())),
    bug("ro-cnp", "a remainder of 10 is refused", |text, ours| {
        ours && weighted(text, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 != 10
    }),
    bug("ro-cnp", "Bucharest has no sectors", |text, ours| ours && number(text, 7, 2) <= 40),
    bug("es-nie", "there is no Z", |text, ours| ours && !text.starts_with('Z')),
    bug("se-personal-number", "twelve digits are refused", |text, ours| ours && text.len() == 10),
    bug("se-personal-number", "coordination numbers are taken", |text, ours| {
        ours || holds("se-coordination-number", text)
    }),
    bug("si-emso", "everybody was born before 2000", |text, ours| ours && number(text, 4, 3) >= 800),
    bug("ch-social-security", "any EAN will do", |text, ours| ours || text.len() == 13 && holds("ean", text)),
    bug("gb-pupil-number", "temporary numbers are refused", |text, ours| {
        ours && text.bytes().last().is_some_and(|byte| byte.is_ascii_digit())
    }),
    bug("iban", "structures are not asked", |text, ours| {
        let turned = text.get(4..).zip(text.get(..4)).map(|(account, head)| format!("{account}{head}"));
        ours || turned.is_some_and(|turned| holds("iso7064-mod-97-10", &turned))
    }),
    bug("iban", "the post bank of Norway has no check of its own", |text, ours| {
        ours && !text.get(4..8).is_some_and(|bank| bank == "0000" && text.starts_with("NO"))
    }),
    bug("fr-vat", "keys are digits", |text, ours| ours && text.bytes().skip(2).all(|byte| byte.is_ascii_digit())),
    bug("fr-vat", "Monaco's numbers are refused", |text, ours| {
        ours && text.get(4..).is_some_and(|siren| holds("luhn", siren))
    }),
    bug("nl-vat", "sole traders have their citizen number", |text, ours| {
        ours && text.get(2..11).is_some_and(|body| holds("nl-citizen-number", body))
    }),
    bug("cz-vat", "special cases are refused", |text, ours| ours && !(text.len() == 11 && text.starts_with("CZ6"))),
    bug("es-vat", "the control of companies is a digit", |text, ours| {
        ours && text.bytes().last().is_some_and(|byte| byte.is_ascii_digit())
    }),
    bug("bg-vat", "there is no second round", |text, ours| {
        ours && (text.len() != 11
            || text.get(2..).is_some_and(|body| weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 < 10))
    }),
    bug("bic", "any two letters are a country", |text, ours| {
        ours || matches!(text.len(), 8 | 11) && text.bytes().take(6).all(|byte| byte.is_ascii_uppercase())
    }),
    bug("imsi", "any three digits are a country", |text, ours| {
        ours || matches!(text.len(), 14 | 15) && text.bytes().all(|byte| byte.is_ascii_digit())
    }),
    bug("luhn", "the wrong digits are doubled", |text, _| holds("luhn", &format!("{text}0"))),
];

fn holds(name: &str, text: &str) -> bool {
    checksum(name, text.as_bytes()) == Some(true)
}

/// The number at a place, or one that no rule expects.
fn number(text: &str, start: usize, length: usize) -> u64 {
    text.get(start..start + length).and_then(|part| part.parse().ok()).unwrap_or(0)
}

fn weighted(text: &str, weights: &[u32]) -> u32 {
    text.bytes().zip(weights).map(|(byte, weight)| u32::from(byte & 15) * weight).sum()
}

/// The check of a Finnish code without a look at its serial.
fn finnish_letter(text: &str) -> bool {
    let (Some(date), Some(serial), Some(check)) = (text.get(..6), text.get(7..10), text.get(10..)) else {
        return false;
    };
    let value = number(date, 0, 6) * 1000 + number(serial, 0, 3);
    let letter = "0123456789ABCDEFHJKLMNPRSTUVWXY".chars().nth(usize::try_from(value % 31).unwrap_or(0));
    let digits = date.bytes().chain(serial.bytes()).all(|byte| byte.is_ascii_digit());
    let shown = serial < "002" && letter.is_some_and(|letter| check == letter.to_string());
    digits && shown && text.contains(['A'])
}
