//! Names with values, as configuration files, query strings and JSON write them.

mod decoded;
mod encoded;
mod escaped;
mod name;
mod silent;
mod values;

use std::borrow::Cow;

use memchr::{memchr_iter, memchr2_iter};

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, Text, marks};
use crate::letters;
use crate::names::{Telling, telling, telling_of, telling_of_number};
use crate::people::{is_nobody, is_person, may_name};
use crate::placeholder::{is_known_password, is_placeholder};
use crate::words::words;
use name::{LONGEST_NAME, Name, Quoted, Value, Word, is_type, own_part, sentence};
use values::personal;

pub use encoded::find as encoded;
pub use escaped::unescaped;
pub use silent::Silent;
pub use values::is_icd;

/// One `name = value` in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The name, without quotes.
    pub name: &'a str,
    /// The value, without quotes.
    pub value: &'a str,
    /// Where the value starts in the line, in bytes.
    pub offset: usize,
    /// Whether the value stood in quotes.
    pub quoted: bool,
}

/// How much of a value decides, in bytes.
const JUDGED: usize = 1024;

/// The pairs of one line: `name=value`, `name: value`, `"name": "value"`, in
/// query strings, in JSON, in YAML, in properties, in INI files. A pair's value
/// is searched for further pairs (`url=jdbc:…?password=…`).
pub fn pairs(line: &str) -> Vec<Pair<'_>> {
    let text = Text { bytes: line.as_bytes(), base: 0, ended: true };
    let mut plain = 0;
    let pair = |mark| {
        let name = Name::before(&text, mark)?;
        let value = name.value(&text, &mut plain)?;
        Some(Pair {
            name: line.get(name.start..name.end)?,
            value: line.get(value.start..value.end)?,
            offset: value.start,
            quoted: value.quoted,
        })
    };
    memchr2_iter(b':', b'=', line.as_bytes()).filter_map(pair).collect()
}

/// What was decided before: nothing is looked for in it again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past {
    /// The end of the last value that was judged, in the stream.
    covered: usize,
    /// No unquoted value ends before, in the stream.
    plain: usize,
    /// The end of the last text with escapes, in the stream.
    escaped: usize,
}

impl Past {
    /// Of a text that was decoded: it has no escapes.
    pub fn of_decoded() -> Past {
        Past { escaped: usize::MAX, ..Past::default() }
    }
}

/// Dots that lead from a label to its value.
const DOTS: &[u8] = b"....";

/// Finds values whose names tell what they are, and whose marks stand in `from..to`. Says where the first stands of
/// which more must be known, if there is one.
pub fn find(
    text: &Text<'_>,
    from: usize,
    to: usize,
    (past, silent): (&mut Past, &mut Silent),
    found: &mut Vec<Found>,
) -> usize {
    for (start, marks) in marks(text.slice(from, to)) {
        for place in marks.each() {
            let mark = from + start + place;
            if !silent.ends_at(text, mark, &marks, place) && !marked(text, mark, (past, silent), found) {
                return mark;
            }
        }
        for dots in marks.rows().map(|dots| from + start + dots) {
            dotted(text, dots, past, found);
        }
    }
    letters::find(text, from, to, found);
    escaped::find(text, from, to, &mut past.escaped, found)
}

/// Judges the value behind a mark; says whether enough of it is at hand.
fn marked(text: &Text<'_>, mark: usize, (past, silent): (&mut Past, &mut Silent), found: &mut Vec<Found>) -> bool {
    if text.at(mark) == Some(b':') {
        letters::opened(text, mark, found);
    }
    // Most names tell nothing, and are no labels.
    let tells_nothing = |word: Word<'_>| !word.may_be_label && telling_of(word.bytes).is_none();
    let nothing = match Quoted::before(text, mark) {
        Some(name) => {
            let nothing = telling_of_number(name.number, name.length, || name.bytes(text)).is_none();
            if nothing {
                silent.learn(&name);
            }
            nothing
        }
        None => text.at(mark) != Some(b'>') && Name::word(text, mark).is_none_or(tells_nothing),
    };
    if nothing {
        return true;
    }
    let Some((name, told)) = Name::before(text, mark).and_then(|name| tells(text, name)) else { return true };
    let Some(value) = name.value(text, &mut past.plain) else { return true };
    // What lies inside a credential is masked with it.
    if text.base + value.start < past.covered {
        return true;
    }
    if !value.complete {
        return false;
    }
    if let Some(detection) = judge_value(text, &name, told, value) {
        past.covered = detection.end();
        found.push(Found { anchor: mark, detection });
    }
    true
}

/// Judges the value to which dots lead.
fn dotted(text: &Text<'_>, dots: usize, past: &mut Past, found: &mut Vec<Found>) {
    if text.before(dots) == Some(b'.') || text.from(dots, DOTS.len()) != DOTS {
        return;
    }
    let Some((name, told)) = Name::before_dots(text, dots).and_then(|name| tells(text, name)) else { return };
    let value = name.value(text, &mut past.plain);
    let detection = value.and_then(|value| judge_value(text, &name, told, value));
    found.extend(detection.map(|detection| Found { anchor: dots, detection }));
}

fn spelled<'t>(text: &Text<'t>, name: &Name) -> &'t str {
    std::str::from_utf8(text.slice(name.start, name.end)).unwrap_or("")
}

/// What a name tells, or the label that it ends: a credential is called by one word.
fn tells(text: &Text<'_>, name: Name) -> Option<(Name, Telling)> {
    let alone = telling_of(text.slice(name.start, name.end));
    if !matches!(alone, Some(Telling::Password | Telling::Token))
        && let Some(label) = name.label(text)
        && let Some(told) = telling_of(text.slice(label.start, label.end))
    {
        return Some((label, told));
    }
    Some((name, alone?))
}

fn judge_value(text: &Text<'_>, name: &Name, told: Telling, value: Value) -> Option<Detection> {
    let (spelled, mut bytes) = (spelled(text, name), text.slice(value.start, value.end));
    // Most things that have a name are no persons: their names have no capital.
    if matches!(told, Telling::Called | Telling::Personal(Category::Name)) && !may_name(bytes) {
        return None;
    }
    if !value.quoted && text.at(name.mark()) == Some(b':') && is_type(bytes) {
        return None;
    }
    let whole = bytes;
    if !value.quoted {
        bytes = own_part(bytes);
    }
    let judged = |bytes: &[u8]| judge_as(told, spelled, bytes, text.base + value.start);
    judged(bytes).or_else(|| {
        // A sentence may end within the line, and another name follow; forms of the web write a plus for a blank.
        let sentence = sentence(bytes);
        if sentence.len() < bytes.len() {
            judged(sentence)
        } else if !value.quoted && bytes.contains(&b'+') {
            judged(&bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>())
        } else if bytes.len() < whole.len() && matches!(told, Telling::Called | Telling::Personal(Category::Name)) {
            judged(person_before(whole)?)
        } else {
            None
        }
    })
}

/// The name of a person that a value begins with, before something else: two or three words.
fn person_before(value: &[u8]) -> Option<&[u8]> {
    let blanks = memchr_iter(b' ', value).skip(1).take(2);
    let person = |end: usize| std::str::from_utf8(value.get(..end)?).ok().filter(|name| is_person(name));
    blanks.filter_map(person).last().map(str::as_bytes)
}

/// Judges a value by its name alone.
pub fn judge(name: &str, value: &str, offset: usize) -> Option<Detection> {
    let name = name.get(..name.floor_char_boundary(LONGEST_NAME)).unwrap_or(name);
    judge_as(telling(name)?, name, value.as_bytes(), offset)
}

/// Judges a value of which its name told something.
pub fn judge_as(told: Telling, name: &str, value: &[u8], offset: usize) -> Option<Detection> {
    let whole = value.trim_ascii();
    let offset = offset + (value.len() - value.trim_ascii_start().len());
    if whole.contains(&b'\n') {
        return None;
    }
    // Judged by its beginning, masked as a whole.
    let trimmed = beginning(whole);
    let trimmed = &*trimmed;
    let (category, kind, title, confidence) = match told {
        Telling::Password if trimmed.len() >= 2 && is_password(name, trimmed) => {
            if is_known_password(trimmed) {
                (Category::Credentials, "known-password", "a password that everybody knows", Confidence::Certain)
            } else {
                (Category::Credentials, "password", "a password", Confidence::Likely)
            }
        }
        Telling::Token if is_known_password(trimmed) && trimmed.len() > 4 => {
            (Category::Credentials, "known-password", "a password that everybody knows", Confidence::Likely)
        }
        Telling::Token if is_token(trimmed) => (Category::Credentials, "token", "a key or token", Confidence::Likely),
        Telling::Called if is_person(trimmed) => (Category::Name, "name", "a person's name", Confidence::Likely),
        Telling::Personal(category) => personal(category, trimmed)?,
        _ => return None,
    };
    // Most values are not what their names tell: this is asked last.
    if is_placeholder(trimmed) {
        return None;
    }
    Some(Detection {
        category,
        kind,
        title,
        confidence,
        offset,
        length: whole.len(),
        masked: MASK.to_owned(),
        reason: "by the name of its field",
        test_data: category == Category::Name && is_nobody(trimmed),
        column: None,
    })
}

/// The first bytes of a value, cut between characters.
fn beginning(value: &[u8]) -> Cow<'_, str> {
    let head = value.get(..JUDGED).unwrap_or(value);
    match std::str::from_utf8(head) {
        Ok(head) => Cow::Borrowed(head),
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(head.get(..error.valid_up_to()).unwrap_or_default())
        }
        _ => String::from_utf8_lossy(head),
    }
}

fn is_password(name: &str, value: &str) -> bool {
    let same = words(name).last().map(String::as_str) == Some(&value.to_ascii_lowercase());
    let sentence = value.split_whitespace().count() > 3;
    // A call, or the pattern of a search: `password=\K.+`.
    let code = value.starts_with('\\')
        || value.contains("process.env")
        || value.contains("os.environ")
        || value.contains("getenv")
        || value.ends_with(')') && value.contains('(');
    // `password: Password` is a label of a form.
    let label = same && value.starts_with(char::is_uppercase);
    !label && !sentence && !code && !is_path(value) && !value.contains("://")
}

/// Random enough for a key: letters and digits, or many different letters.
fn is_token(value: &str) -> bool {
    let length = value.chars().count();
    if !(8..=4096).contains(&length) || value.contains(char::is_whitespace) || value.contains("://") || is_path(value) {
        return false;
    }
    // Calls of functions, and lists of options with files among them.
    if value.contains('(') || value.contains("=/") {
        return false;
    }
    let has = |test: fn(&char) -> bool| value.chars().any(|letter| test(&letter));
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = has(char::is_ascii_alphabetic);
    // A host, a version, an image: dotted words are names.
    let dotted = value.split('.').count() > 2 && value.split('.').all(|part| part.len() < 16);
    letters && !dotted && ((digits >= 2 && entropy(value) > 2.5) || (length >= 20 && mixed && entropy(value) > 4.0))
}

fn is_path(value: &str) -> bool {
    let rooted =
        ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start)) || value.get(1..3) == Some(":\\");
    let words = value.contains('/')
        && value.split('/').all(|part| part.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.')));
    rooted && !value.ends_with('=') || words
}

/// Shannon's entropy, in bits for each character.
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    text.chars().for_each(|letter| *counts.entry(letter).or_insert(0u32) += 1);
    let total = f64::from(counts.values().sum::<u32>());
    counts.values().map(|&count| f64::from(count) / total).map(|share| -share * share.log2()).sum()
}
