//! Machine readable zones of travel documents (ICAO 9303, parts 4 to 6): lines of fixed length whose fields each have a
//! check, and one over all of them. The one number whose text keeps a separator: `<` fills fields.

use memchr::memchr_iter;

use super::numbers::{icao, value};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, Text};

pub const RULES: &[Rule] = &[
    zone(
        "mrz-passport",
        &[44, 88],
        &[Shape::of(SECOND_44), Shape::of(FIRST).followed_by(REST_43).followed_by(SECOND_44)],
        |text| second_of("mrz-passport", text).is_some_and(passport),
    ),
    zone(
        "mrz-card",
        &[36, 72],
        &[Shape::of(SECOND_36), Shape::of(FIRST).followed_by(REST_35).followed_by(SECOND_36)],
        |text| second_of("mrz-card", text).is_some_and(card),
    ),
    zone(
        "mrz-small-card",
        &[30, 60, 90],
        &[
            Shape::of(ANY_30),
            Shape::of(ANY_30).followed_by(ANY_30),
            Shape::of(ANY_30).followed_by(ANY_30).followed_by(ANY_30),
        ],
        small_card,
    ),
];

const FIRST: &str = "@";
const REST_43: &str = "???????????????????????????????????????????";
const REST_35: &str = "???????????????????????????????????";
const SECOND_44: &str = "?????????#@@@#######@#######????????????????";
const SECOND_36: &str = "?????????#@@@#######@#######????????";
const ANY_30: &str = "??????????????????????????????";

const fn zone(
    kind: &'static str,
    lengths: &'static [usize],
    shapes: &'static [Shape],
    valid: fn(&[u8]) -> bool,
) -> Rule {
    Rule {
        kind,
        title: "the machine readable zone of a travel document",
        category: Category::IdentityDocument,
        country: "",
        lengths,
        shapes,
        valid,
        words: &["mrz"],
        proof: Proof::Nothing,
    }
}

/// The line with the checks: the text itself, or its second half when its first is the line with the name.
fn second_of<'a>(kind: &str, text: &'a [u8]) -> Option<&'a [u8]> {
    let length = if kind == "mrz-passport" { 44 } else { 36 };
    if text.len() == length {
        return Some(text);
    }
    let (first, second) = text.split_at_checked(length)?;
    (second.len() == length && is_name_line(first)).then_some(second)
}

/// Document, state and names: letters and `<` only, after the state.
fn is_name_line(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_uppercase)
        && line.iter().skip(2).all(|byte| byte.is_ascii_uppercase() || *byte == b'<')
}

/// TD3 (part 4, 4.2.2): number, state, birth, sex, expiry, personal number, and a check over all.
fn passport(line: &[u8]) -> bool {
    let personal = checks(line, 28..42, 42) || optional(line);
    personal && dated(line) && composite(line, 21..43, 43)
}

/// An empty personal number may have `<` for its check.
fn optional(line: &[u8]) -> bool {
    line.get(28..43).is_some_and(|rest| rest.iter().all(|byte| *byte == b'<'))
}

/// TD2 (part 6, 4.2.2): the same, with seven signs that the state is free to fill.
fn card(line: &[u8]) -> bool {
    dated(line) && composite(line, 21..35, 35)
}

/// Number, state, birth, sex and expiry at the places that TD2 and TD3 share.
fn dated(line: &[u8]) -> bool {
    checks(line, 0..9, 9)
        && state(line, 10..13)
        && date(line, 13)
        && checks(line, 13..19, 19)
        && sex(line, 20)
        && date(line, 21)
        && checks(line, 21..27, 27)
}

fn composite(line: &[u8], last: std::ops::Range<usize>, check: usize) -> bool {
    let fields = [line.get(..10), line.get(13..20), line.get(last)];
    whole(fields, line.get(check))
}

/// TD1 (part 5, 4.2.2): three lines of thirty, the name on the last. One line alone counts too: the first with the
/// check of the number, the second with those of birth and expiry.
fn small_card(text: &[u8]) -> bool {
    let Some((first, rest)) = text.split_at_checked(30) else { return false };
    match rest {
        [] => first_small(first) || second_small(first),
        _ => {
            let (second, names) = rest.split_at_checked(30).unwrap_or((rest, &[]));
            let letters = names.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'<');
            let fields = [first.get(5..), second.get(..7), second.get(8..15), second.get(18..29)];
            first_small(first)
                && second_small(second)
                && whole(fields, second.get(29))
                && matches!(names.len(), 0 | 30)
                && letters
        }
    }
}

fn first_small(line: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<';
    matches!(line.first(), Some(b'A' | b'C' | b'I'))
        && line.len() == 30
        && line.iter().all(known)
        && state(line, 2..5)
        && checks(line, 5..14, 14)
        && line.contains(&b'<')
}

fn second_small(line: &[u8]) -> bool {
    let free = line.get(18..29).is_some_and(|free| icao(free.iter().copied()).is_some());
    let check = line.get(29).is_some_and(u8::is_ascii_digit);
    line.len() == 30
        && date(line, 0)
        && checks(line, 0..6, 6)
        && sex(line, 7)
        && date(line, 8)
        && checks(line, 8..14, 14)
        && state(line, 15..18)
        && free
        && check
}

fn whole<const N: usize>(fields: [Option<&[u8]>; N], check: Option<&u8>) -> bool {
    let all = fields.iter().flatten().copied().flatten().copied();
    fields.iter().all(Option::is_some) && check.is_some_and(|check| icao(all) == value(*check))
}

fn checks(line: &[u8], field: std::ops::Range<usize>, check: usize) -> bool {
    line.get(field)
        .zip(line.get(check))
        .is_some_and(|(field, check)| check.is_ascii_digit() && icao(field.iter().copied()) == value(*check))
}

fn state(line: &[u8], place: std::ops::Range<usize>) -> bool {
    line.get(place).is_some_and(|state| {
        state.first().is_some_and(u8::is_ascii_uppercase)
            && state.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'<')
    })
}

fn sex(line: &[u8], place: usize) -> bool {
    matches!(line.get(place), Some(b'M' | b'F' | b'X' | b'<'))
}

/// Year, month and day; what is not known may be `<`.
fn date(line: &[u8], start: usize) -> bool {
    line.get(start..start + 6).is_some_and(|date| match date {
        [_, _, m1, m2, d1, d2] => {
            let of = |a: &u8, b: &u8, most: u32| {
                let both = value(*a).zip(value(*b)).map(|(a, b)| a * 10 + b);
                both.is_some_and(|number| (1..=most).contains(&number)) || *a == b'<' && *b == b'<'
            };
            date.iter().all(|byte| byte.is_ascii_digit() || *byte == b'<') && of(m1, m2, 12) && of(d1, d2, 31)
        }
        _ => false,
    })
}

/// The longest zone on one line.
const LONGEST: usize = 90;

/// Finds lines of such zones whose first `<` stands in `from..to`.
pub fn find(text: &Text<'_>, from: usize, to: usize, found: &mut Vec<Found>) {
    let inside = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
    for at in memchr_iter(b'<', text.slice(from, to)).map(|position| from + position) {
        let mut start = at;
        while at - start <= LONGEST && text.before(start).is_some_and(|byte| inside(byte) && byte != b'<') {
            start -= 1;
        }
        let rest = text.slice(start, text.bytes.len().min(start + LONGEST + 1));
        let length = rest.iter().position(|byte| !inside(*byte)).unwrap_or(rest.len());
        if length < 30 || text.before(start).is_some_and(inside) {
            continue;
        }
        let zone = rest.get(..length).unwrap_or_default();
        let rule = RULES.iter().find(|rule| rule.lengths.contains(&length) && (rule.valid)(zone));
        found.extend(rule.map(|rule| Found {
            anchor: at,
            detection: Detection {
                category: rule.category,
                kind: rule.kind,
                title: rule.title,
                confidence: Confidence::Certain,
                offset: text.base + start,
                length,
                masked: crate::MASK.to_owned(),
                reason: "by its form and checks",
                test_data: super::specimens::is_specimen(rule.kind, zone),
                column: None,
            },
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::{card, passport, small_card};

    // The specimens of ICAO 9303 (parts 4 to 6), of the state Utopia.
    const PASSPORT: &[u8] = b"L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const CARD: &[u8] = b"D231458907UTO7408122F1204159<<<<<<<6";
    const FIRST: &[u8] = b"I<UTOD231458907<<<<<<<<<<<<<<<";
    const SECOND: &[u8] = b"7408122F1204159UTO<<<<<<<<<<<6";

    #[test]
    fn specimens_of_the_standard_are_read_and_every_changed_digit_is_seen() {
        assert!(passport(PASSPORT) && card(CARD));
        let both = [FIRST, SECOND].concat();
        assert!(small_card(&both) && small_card(FIRST) && small_card(SECOND));
        for (line, of) in [(PASSPORT, passport as fn(&[u8]) -> bool), (CARD, card), (&both, small_card)] {
            let checked = |index: &usize| line.get(*index).is_some_and(u8::is_ascii_digit);
            for index in (0..line.len()).filter(checked) {
                let mut changed = line.to_vec();
                changed.iter_mut().skip(index).take(1).for_each(|byte| *byte = b'0' + (*byte - b'0' + 1) % 10);
                assert!(!of(&changed), "{}", String::from_utf8_lossy(&changed));
            }
        }
    }
}
