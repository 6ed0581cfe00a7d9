//! Denmark, Estonia, Finland, Iceland, Latvia, Lithuania, Norway, Sweden.

use super::numbers::{digits, is_date, is_luhn, is_short_date, letter, number, weighted};
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "dk-cpr",
        title: "a Danish CPR number",
        category: Category::NationalIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|[d1, d2, m1, m2, y1, y2, century, ..]| {
                let short = y1 * 10 + y2;
                let year = match century {
                    0..=3 => 1900 + short,
                    4 | 9 if short > 36 => 1900 + short,
                    5..=8 if short > 57 => 1800 + short,
                    _ => 2000 + short,
                };
                is_date(year, m1 * 10 + m2, d1 * 10 + d2)
            })
        },
        words: &["cpr", "cprnr", "personnummer"],
        proof: Proof::Word,
    },
    Rule {
        kind: "ee-identity-code",
        title: "an Estonian identity code",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| baltic(text).is_some_and(|valid| valid),
        words: &["isikukood"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lt-personal-code",
        title: "a Lithuanian personal code",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| baltic(text).is_some_and(|valid| valid),
        words: &["asmenskodas"],
        proof: Proof::Word,
    },
    Rule {
        kind: "lv-personal-code",
        title: "a Latvian personal code",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| latvian(text).is_some_and(|valid| valid),
        words: &["personaskods"],
        proof: Proof::Word,
    },
    Rule {
        kind: "fi-identity-code",
        title: "a Finnish personal identity code",
        category: Category::NationalIdentifier,
        lengths: &[10, 11],
        valid: |text| finnish(text).is_some_and(|valid| valid),
        words: &["hetu", "henkilotunnus", "personbeteckning"],
        proof: Proof::Nothing,
    },
    Rule {
        kind: "is-kennitala",
        title: "an Icelandic kennitala",
        category: Category::NationalIdentifier,
        lengths: &[10],
        valid: |text| {
            digits::<10>(text).is_some_and(|all @ [d1, d2, m1, m2, y1, y2, _, _, _, century]| {
                let year = if century == 9 { 1900 } else { 2000 } + y1 * 10 + y2;
                // Organisations have their day raised by 40: they are no persons.
                matches!(century, 0 | 9)
                    && is_date(year, m1 * 10 + m2, d1 * 10 + d2)
                    && weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
            })
        },
        words: &["kennitala"],
        proof: Proof::Word,
    },
    Rule {
        kind: "no-birth-number",
        title: "a Norwegian birth number",
        category: Category::NationalIdentifier,
        lengths: &[11],
        valid: |text| norwegian(text).is_some_and(|valid| valid),
        words: &["fodselsnummer", "fodselsnr", "personnummer", "dnummer", "fnr"],
        proof: Proof::Word,
    },
    Rule {
        kind: "se-personal-number",
        title: "a Swedish personal number",
        category: Category::NationalIdentifier,
        lengths: &[10, 12],
        valid: |text| swedish(text).is_some_and(|valid| valid),
        words: &["personnummer", "samordningsnummer", "personnr", "pnr"],
        proof: Proof::Word,
    },
];

/// Estonia and Lithuania: sex and century, date, serial, two rounds of weights.
fn baltic(text: &[u8]) -> Option<bool> {
    let all @ [sex, y1, y2, m1, m2, d1, d2, .., check] = digits::<11>(text)?;
    let century = match sex {
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return Some(false),
    };
    let first = weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(&all, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let expected = if first < 10 { first } else { second % 10 };
    Some(is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && expected == check)
}

/// Latvia: old codes hold a date, new ones start with 32.
fn latvian(text: &[u8]) -> Option<bool> {
    let all @ [d1, d2, m1, m2, y1, y2, century, .., check] = digits::<11>(text)?;
    let year = 1800 + century * 100 + y1 * 10 + y2;
    let dated = text.starts_with(b"32") || century <= 2 && is_date(year, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && (1 + weighted(&all, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == check)
}

/// HETU: date, sign of the century (dropped as a separator when `-` or `+`), serial, letter.
fn finnish(text: &[u8]) -> Option<bool> {
    let (date, rest) = text.split_at_checked(6)?;
    let rest = match rest {
        [sign, rest @ ..] if rest.len() == 4 => b"UVWXYABCDEF".contains(sign).then_some(rest)?,
        rest => rest,
    };
    let (serial, check) = (rest.get(..3)?, *rest.get(3)?);
    let [d1, d2, m1, m2, y1, y2] = digits::<6>(date)?;
    let serial = digits::<3>(serial)?;
    let value = number(&[d1, d2, m1, m2, y1, y2]) * 1000 + number(&serial);
    let dated = is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    Some(dated && number(&serial) >= 2 && letter(b"0123456789ABCDEFHJKLMNPRSTUVWXY", value % 31) == Some(check))
}

/// Fødselsnummer and D-number (day raised by 40): two checks.
fn norwegian(text: &[u8]) -> Option<bool> {
    let all @ [d1, d2, m1, m2, y1, y2, .., k1, k2] = digits::<11>(text)?;
    let day = (d1 * 10 + d2) % 40;
    let first = (11 - weighted(&all, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Some(is_short_date(y1 * 10 + y2, m1 * 10 + m2, day) && first == k1 && second == k2)
}

/// Personnummer and samordningsnummer (day raised by 60): Luhn over the last ten.
fn swedish(text: &[u8]) -> Option<bool> {
    let short = match text.len() {
        12 if text.starts_with(b"19") || text.starts_with(b"20") => text.get(2..)?,
        10 => text,
        _ => return Some(false),
    };
    let all @ [y1, y2, m1, m2, d1, d2, ..] = digits::<10>(short)?;
    let day = (d1 * 10 + d2) % 60;
    Some(is_short_date(y1 * 10 + y2, m1 * 10 + m2, day) && is_luhn(&all))
}
