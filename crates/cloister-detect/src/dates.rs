//! Dates as people write them.

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, Near, Special, Text, stands_apart};
use crate::identifiers::numbers;
use crate::words::words;

/// How months begin in the languages of the Union, folded: `12. März 1980`, `12 Μαρτίου 1980`.
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "abr", "ago", "agus", "aibr", "apr", "aug", "aout", "avg", "avr", "awwi", "bal", "beal", "bir", "brez", "cerv", "czer",
    "deas", "dec", "deir", "det", "dets", "dez", "dic", "dub", "ean", "elo", "ene", "feab", "feb", "fev", "fra", "gen",
    "geg", "giu", "gru", "hein", "helm", "huht", "ian", "ion", "jaan", "jan", "jul", "jun", "juin", "juil", "juul", "juun",
    "jul", "kes", "kol", "kov", "kvet", "kwie", "lap", "lapk", "led", "lie", "lip", "list", "lis", "lok", "lug", "lul",
    "lun", "lut", "maa", "mag", "mai", "maj", "mar", "mart", "marr", "maer", "may", "mei", "mej", "mean", "meit", "mrt",
    "noem", "noi", "nov", "oct", "okt", "ott", "out", "ozu", "paz", "pro", "rij", "ruj", "rugp", "rugs", "sam", "saus",
    "sep", "set", "sij", "sie", "spal", "srp", "sty", "stu", "svi", "syy", "szept", "tamm", "touk", "tra", "uno", "vas",
    "vee", "vel", "wrz", "zar", "nol", "iuil", "iun", "iul",
    "ιαν", "φεβ", "μαρ", "απρ", "μαι", "ιουν", "ιουλ", "αυγ", "σεπ", "οκτ", "νοε", "δεκ",
    "яну", "фев", "мар", "апр", "май", "юни", "юли", "авг", "сеп", "окт", "ное", "дек",
];

/// The longest date, in bytes.
const LONGEST: usize = 40;

/// Finds a date of birth that starts with the word in `start..end`, which begins with a digit, and may be of digits alone.
pub fn birth(text: &Text<'_>, (start, end, digits): (usize, usize, bool), near: &mut Near, found: &mut Vec<Found>) {
    let next = text.at(end);
    let may = match end - start {
        1 | 2 => next.is_some_and(|byte| matches!(byte, b'.' | b'/' | b'-' | b' ' | b'a'..=b'z' | 0x80..)),
        4 => next.is_some_and(|byte| matches!(byte, b'.' | b'/' | b'-')),
        length => length == 8 && (digits || is_day_and_month(text.slice(start, end))),
    };
    if !may || !stands_apart(text, start) {
        return;
    }
    // Most numbers are seen to be no date by what follows.
    let Some(signs) = goes_on(text.from(end, LONGEST), end - start) else { return };
    // Names of months cost more than a look at the words before.
    let said = |near: &mut Near| near.before(text, start).say(Special::Birth);
    if !signs && !said(near) {
        return;
    }
    let length = length(text, start);
    if length == 0 || !said(near) || !near.announce_next(text, start, Special::Birth) {
        return;
    }
    found.push(Found {
        anchor: start,
        detection: Detection {
            category: Category::DateOfBirth,
            kind: "date-of-birth",
            title: "a date of birth",
            confidence: Confidence::Likely,
            offset: text.base + start,
            length,
            masked: MASK.to_owned(),
            reason: "a date, and the words before it",
            test_data: false,
            column: None,
        },
    });
}

/// Whether this may be a day and the name of a month, up to a year or with it: `1january`, `12may1980`.
fn is_day_and_month(word: &[u8]) -> bool {
    let rest = behind_digits(word);
    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let year = behind_digits(rest.get(letters..).unwrap_or_default());
    letters > 2 && year.is_empty()
}

/// How long the date is that starts at `start`; 0 where none does, or something else goes on behind it.
fn length(text: &Text<'_>, start: usize) -> usize {
    let (rest, _) = text.line_after(start, LONGEST);
    let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
    let length = rest.get(..valid).and_then(|rest| std::str::from_utf8(rest).ok()).map_or(0, date);
    let goes_on = text.at(start + length).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if goes_on { 0 } else { length }
}

/// Whether a date may go on so behind its first word, of so many bytes: with signs and numbers (or it is whole), or with
/// words up to a year. Passes over no date.
fn goes_on(rest: &[u8], first: usize) -> Option<bool> {
    if first == 8 {
        return Some(true);
    }
    // Most are numbers with a fraction: neither another sign follows, nor a year.
    if let [b'.' | b'/' | b'-', after @ ..] = rest {
        let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (1..4).contains(&digits) && !matches!(after.get(digits), Some(b' ' | b'.' | b'/' | b'-')) {
            return None;
        }
    }
    if let Some(last) = behind_sign(rest).and_then(|rest| behind_sign(behind_digits(rest))) {
        let after = behind_digits(last).first();
        return (!after.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')).then_some(true);
    }
    let between = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(**byte, b' ' | b'.' | b',' | 0x80..);
    let words = rest.iter().take_while(between).count();
    let year = rest.get(words..words + 4)?;
    year.iter().all(u8::is_ascii_digit).then_some(false)
}

/// What stands behind blanks, a sign and maybe another blank, where that is a digit.
fn behind_sign(rest: &[u8]) -> Option<&[u8]> {
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let (b'.' | b'/' | b'-', rest) = rest.get(blanks..)?.split_first()? else { return None };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    rest.first().is_some_and(u8::is_ascii_digit).then_some(rest)
}

fn behind_digits(rest: &[u8]) -> &[u8] {
    rest.get(rest.iter().take_while(|byte| byte.is_ascii_digit()).count()..).unwrap_or_default()
}

/// Whether a value is a whole date.
pub fn is_date(value: &str) -> bool {
    let value = value.trim();
    // A time may follow.
    let end = value.find('T').filter(|end| *end >= 8 && value.get(end + 1..end + 3).is_some());
    let value = end.and_then(|end| value.get(..end)).unwrap_or(value);
    let length = date(value);
    length > 0
        && (length == value.len() || value.get(length..).is_some_and(|rest| rest.starts_with(' ') && is_time(rest)))
}

fn is_time(rest: &str) -> bool {
    rest.contains(':')
        && rest.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ' ' | ':' | '.' | '+' | '-' | 'Z'))
}

/// How long the date is that starts here, in bytes; 0 where none does. The order of day, month and year is any that is
/// in use; years have four digits, or two behind the day and the month.
pub fn date(text: &str) -> usize {
    let Some((first, rest)) = number(text) else { return 0 };
    let length = |rest: &str| text.len() - rest.len();
    if text.len() - rest.len() == 8 {
        let fits = fits(first / 10_000, first / 100 % 100, first % 100)
            || fits(first % 10_000, first / 10_000 % 100, first / 1_000_000);
        return if fits { 8 } else { 0 };
    }
    if let Some(rest) = month(rest) {
        return match number(rest) {
            Some((year, rest)) if fits(year, 1, first) => length(rest),
            _ => 0,
        };
    }
    let Some((sign, rest)) = sign(rest) else { return 0 };
    let Some((second, rest)) = number(rest) else { return 0 };
    let Some((third, last)) = self::sign(rest).filter(|(own, _)| *own == sign).and_then(|(_, rest)| number(rest))
    else {
        return 0;
    };
    let written = self::sign(rest).map_or(0, |(_, rest)| rest.len() - last.len());
    let long = |year: u32| if year < 100 && written == 2 { 1900 + year } else { year };
    let fit = fits(first, second, third) || fits(long(third), second, first) || fits(long(third), first, second);
    // A Hungarian date ends with a stop, and so may a sentence.
    if fit { length(last) } else { 0 }
}

fn fits(year: u32, month: u32, day: u32) -> bool {
    (1900..2100).contains(&year) && numbers::is_date(year, month, day)
}

/// A number of up to eight digits, and what follows.
fn number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(length)?;
    (1..=8).contains(&length).then_some((digits.parse().ok()?, rest))
}

/// What stands between numbers, with blanks around it.
fn sign(text: &str) -> Option<(char, &str)> {
    let rest = text.trim_start_matches(' ');
    let sign = rest.chars().next().filter(|sign| matches!(sign, '.' | '/' | '-'))?;
    let rest = rest.get(1..)?;
    Some((sign, rest.strip_prefix(' ').unwrap_or(rest)))
}

/// The name of a month behind a day, up to the year: `. März `, ` of March, `, ` de marzo de `.
fn month(text: &str) -> Option<&str> {
    let begin = text.trim_start_matches(['.', ' ', '\u{a0}', 'º']);
    let mut rest = begin;
    for _ in 0..3 {
        let end = rest.find(|sign: char| !sign.is_alphabetic()).filter(|end| *end > 0)?;
        let (word, after) = rest.split_at_checked(end)?;
        let folded = words(word).concat();
        let after = after.trim_start_matches(['.', ',', ' ']);
        if MONTHS.iter().any(|month| folded.starts_with(month)) {
            let after = after.strip_prefix("de ").or_else(|| after.strip_prefix("del ")).unwrap_or(after);
            return Some(after);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{date, is_date};

    #[test]
    fn dates_are_read_in_their_usual_forms() {
        for text in [
            "1984-03-02",
            "02.03.1984",
            "2. 3. 1984",
            "2/3/1984",
            "03/22/1984",
            "19840302",
            "02.03.84",
            "1984.03.02",
            "12. März 1980",
            "12 March 1980",
            "12 de marzo de 1980",
            "3rd of May, 1980",
            "12 μαρτίου 1980",
            "1984-03-02T10:00:00Z",
            "1984-03-02 10:00:00",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "1984-13-02",
            "31.02.1984",
            "1.2.3",
            "1.2-1984",
            "12 apples 1980",
            "12345678",
            "",
            "10.0.0.1",
            "1984-03-02 and",
        ] {
            assert!(!is_date(text), "{text}");
        }
        assert_eq!(date("2. 3. 1984 in Wien"), 10);
    }
}
