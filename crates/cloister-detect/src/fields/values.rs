//! Whether a value is what its name tells.

use crate::dates::is_date;
use crate::detection::{Category, Confidence};
use crate::identifiers::is_bic;
use crate::people::is_name;

pub type Judged = (Category, &'static str, &'static str, Confidence);

/// What a value is that its name tells to be of this category.
pub fn personal(category: Category, value: &str) -> Option<Judged> {
    let (fits, kind, title) = match category {
        Category::DateOfBirth => (is_date(value), "date-of-birth", "a date of birth"),
        Category::Name => (is_name(value), "name", "a person's name"),
        Category::PostalAddress => (is_address(value), "postal-address", "a postal address"),
        Category::BankDetails => (is_bic(value), "bic", "the code of a bank (BIC)"),
        Category::DeviceData => (is_plate(value), "vehicle-plate", "the number plate of a vehicle"),
        Category::Location => (is_position(value), "position", "where somebody is or was"),
        Category::Beliefs => (is_words(value), "religion", "a religion or belief"),
        Category::TradeUnion => (is_words(value) || is_short(value), "trade-union", "membership of a trade union"),
        Category::PoliticalOpinions => (is_words(value) || is_short(value), "political-opinion", "a political opinion"),
        Category::EthnicOrigin => (is_words(value), "ethnic-origin", "racial or ethnic origin"),
        Category::SexualOrientation => (is_words(value), "sexual-orientation", "sexual orientation"),
        Category::Biometric => (is_sample(value), "biometric", "biometric data"),
        Category::Genetic => (is_sample(value), "genetic", "genetic data"),
        Category::Convictions => (is_words(value), "conviction", "a conviction"),
        _ => (is_health(value) || is_words(value) && value.chars().count() >= 4, "health", "health data"),
    };
    fits.then_some((category, kind, title, Confidence::Likely))
}

fn is_address(value: &str) -> bool {
    value.contains(' ')
        && !is_code(value)
        && value.chars().any(|c| c.is_ascii_digit())
        && value.chars().any(char::is_uppercase)
        && !value.contains("://")
}

/// Signs of programs, which stand in no answer of a form.
fn is_code(value: &str) -> bool {
    value.contains(['<', '>', '&', '{', '}', '[', '=', ';', '_', '*', '|', '!', '`'])
        || value.contains("::")
        || value.contains("()")
}

/// A few words, or one: no number, no path, no switch. Names of parties may call, and join two with a slash.
fn is_words(value: &str) -> bool {
    let value = value.strip_suffix('!').unwrap_or(value);
    let letters = value.chars().filter(|letter| letter.is_alphabetic()).count();
    let joined = value.contains(' ') && value.starts_with(char::is_uppercase) && value.matches('/').count() == 1;
    (3..=96).contains(&letters)
        && 2 * letters > value.chars().count()
        && !is_code(value)
        && !value.contains(['$', ':'])
        && (joined || !value.contains('/'))
}

/// Two capitals, or one with a digit, as unions and parties are called by.
fn is_short(value: &str) -> bool {
    value.chars().count() == 2
        && value.chars().all(|sign| sign.is_uppercase() || sign.is_ascii_digit())
        && value.chars().any(char::is_uppercase)
}

/// A number plate: three to nine capitals and digits, both of them, in up to three groups.
fn is_plate(value: &str) -> bool {
    let signs = value.chars().filter(|sign| !matches!(sign, ' ' | '-' | '·'));
    let count = |test: fn(&char) -> bool| value.chars().filter(test).count();
    signs.clone().all(|sign| sign.is_ascii_digit() || sign.is_uppercase())
        && (4..=9).contains(&signs.count())
        && count(char::is_ascii_digit) > 0
        && count(|sign| sign.is_uppercase()) > 0
        && value.split([' ', '-', '·']).count() <= 3
}

/// Degrees to four decimals (ten metres) or more: one, or two with a comma between them.
fn is_position(value: &str) -> bool {
    let degrees = |part: &str| {
        let part = part.trim();
        let decimals = part.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= 4);
        decimals && part.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= 180.0)
    };
    value.split(',').count() <= 2 && value.split(',').all(degrees)
}

/// What a laboratory or a reader gives: letters with digits.
fn is_sample(value: &str) -> bool {
    value.len() >= 6
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
        && !value.contains("://")
}

/// A code of the ICD, a number, or a few words: not a word of configuration.
fn is_health(value: &str) -> bool {
    is_icd(value)
        || (value.len() >= 4
            && !is_code(value)
            && value.len() <= 128
            && (value.chars().filter(char::is_ascii_digit).count() >= 4 || value.contains(' ')))
}

/// A code of the ICD-10: letter, two digits, and a part after a dot.
pub fn is_icd(value: &str) -> bool {
    let mut bytes = value.bytes();
    let head = bytes.next().is_some_and(|b| b.is_ascii_uppercase() && b != b'U')
        && bytes.next().is_some_and(|b| b.is_ascii_digit())
        && bytes.next().is_some_and(|b| b.is_ascii_digit() || matches!(b, b'A' | b'B'));
    let rest: Vec<u8> = bytes.collect();
    head && match rest.split_first() {
        None => true,
        Some((b'.', tail)) => (1..=4).contains(&tail.len()) && tail.iter().all(u8::is_ascii_alphanumeric),
        _ => false,
    }
}
