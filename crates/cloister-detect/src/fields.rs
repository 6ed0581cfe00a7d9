//! Names with values, as configuration files, query strings and JSON write them.

use std::sync::LazyLock;

use regex::Regex;

use crate::detection::{Category, Confidence, Detection};
use crate::names::{Telling, telling};
use crate::people::{is_name, is_person};
use crate::placeholder::{is_known_password, is_placeholder};
use crate::{MASK, words::words};

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

static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"[A-Za-z_][A-Za-z0-9_.\-]*["']?[ \t]*(?:=>|[:=])[ \t]*"#).ok());

/// The name that a match starts with, and whether its mark is a colon: where they stand is plain, and to find them by
/// groups of the pattern takes many times as long.
fn parts(found: &str) -> (&str, bool) {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let end = found.bytes().position(|byte| !is_name(byte)).unwrap_or(found.len());
    let (name, rest) = found.split_at_checked(end).unwrap_or((found, ""));
    (name, rest.trim_start_matches(['"', '\'', ' ', '\t']).starts_with(':'))
}

/// The pairs of one line: `name=value`, `name: value`, `"name": "value"`, in
/// query strings, in JSON, in YAML, in properties, in INI files. A pair's value
/// is searched for further pairs (`url=jdbc:…?password=…`).
pub fn pairs(line: &str) -> Vec<Pair<'_>> {
    let Some(pattern) = NAME.as_ref() else { return Vec::new() };
    let mut pairs = Vec::new();
    let mut plain_end = 0;
    for whole in pattern.find_iter(line) {
        let (name, colon) = parts(whole.as_str());
        let Some(rest) = line.get(whole.end()..) else { continue };
        // The scheme of a URL is no name, and neither is a C++ path or a time.
        if colon && (rest.starts_with("//") || rest.starts_with(':')) {
            continue;
        }
        // A colon without a space is YAML or JSON only after a quote or at the line's start.
        let spaced =
            whole.as_str().ends_with([' ', '\t', '"', '\'']) || rest.is_empty() || rest.starts_with(['"', '\'']);
        let in_quotes =
            line.as_bytes().get(whole.start() + name.len()).is_some_and(|next| matches!(next, b'"' | b'\''));
        if colon && !spaced && !in_quotes && !line.get(..whole.start()).is_some_and(|before| before.trim().is_empty()) {
            continue;
        }
        let before = line.get(..whole.start()).unwrap_or("");
        let opens = |letter: char| matches!(letter, ' ' | '\t' | '-' | '"' | '\'' | '#');
        let extent = if pairs.is_empty() && before.chars().all(opens) {
            Extent::Line
        } else {
            // Overlapping values end at the same place: looked for once, so that
            // `a=a=a=…` costs no quadratic time.
            if plain_end < whole.end() {
                plain_end = rest.find(ends_plain).map_or(line.len(), |end| whole.end() + end);
            }
            Extent::Plain(plain_end - whole.end())
        };
        let (value, start, quoted) = value(rest, extent);
        pairs.push(Pair { name, value, offset: whole.end() + start, quoted });
    }
    pairs
}

/// How far an unquoted value reaches.
#[derive(Clone, Copy)]
enum Extent {
    /// To the end of the line, or a comment.
    Line,
    /// So many bytes, where a query string, JSON or a list goes on.
    Plain(usize),
}

fn ends_plain(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ',' | ';' | '&' | '"' | '\'' | '}' | ']' | ')' | '|')
}

/// The value at the start of `rest`, how far in it starts, and whether in quotes.
fn value(rest: &str, extent: Extent) -> (&str, usize, bool) {
    for quote in ['"', '\''] {
        if let Some(inner) = rest.strip_prefix(quote) {
            let inner = head(inner, LONGEST);
            let end = closing(inner, quote);
            return (inner.get(..end).unwrap_or(inner), 1, true);
        }
    }
    let end = match extent {
        Extent::Line => rest.find(" #").unwrap_or(rest.len()),
        Extent::Plain(end) => end,
    };
    (rest.get(..end).unwrap_or(rest).trim_end(), 0, false)
}

/// The longest value that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;
/// How much of a value decides, in bytes.
const JUDGED: usize = 1024;
/// Longer names tell nothing.
const LONGEST_NAME: usize = 128;

/// The first `limit` bytes or fewer, cut between characters.
fn head(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Where the closing quote stands; the end where there is none.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return index,
            _ => {}
        }
    }
    text.len()
}

/// Judges a value by its name alone.
pub fn judge(name: &str, value: &str, offset: usize) -> Option<Detection> {
    // By the name first: it is short, and seldom tells anything.
    let told = telling(head(name, LONGEST_NAME))?;
    let whole = value.trim();
    let offset = offset + (value.len() - value.trim_start().len());
    // Judged by its beginning, masked as a whole.
    let trimmed = head(whole, JUDGED);
    if whole.contains('\n') || is_placeholder(trimmed) {
        return None;
    }
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
    Some(Detection {
        category,
        kind,
        title,
        confidence,
        offset,
        length: whole.len(),
        masked: MASK.to_owned(),
        reason: "by the name of its field",
        test_data: false,
    })
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

type Judged = (Category, &'static str, &'static str, Confidence);

fn personal(category: Category, value: &str) -> Option<Judged> {
    let (fits, kind, title) = match category {
        Category::DateOfBirth => (is_date(value), "date-of-birth", "a date of birth"),
        Category::Name => (is_name(value), "name", "a person's name"),
        Category::PostalAddress => (is_address(value), "postal-address", "a postal address"),
        Category::Beliefs => (is_words(value), "religion", "a religion or belief"),
        Category::TradeUnion => (is_words(value), "trade-union", "membership of a trade union"),
        Category::PoliticalOpinions => (is_words(value), "political-opinion", "a political opinion"),
        Category::EthnicOrigin => (is_words(value), "ethnic-origin", "racial or ethnic origin"),
        Category::SexualOrientation => (is_words(value), "sexual-orientation", "sexual orientation"),
        Category::Biometric => (is_sample(value), "biometric", "biometric data"),
        Category::Genetic => (is_sample(value), "genetic", "genetic data"),
        Category::Convictions => (is_words(value), "conviction", "a conviction"),
        _ => (is_health(value) || is_words(value) && value.chars().count() >= 4, "health", "health data"),
    };
    fits.then_some((category, kind, title, Confidence::Likely))
}

/// A whole date in one of the usual orders.
fn is_date(value: &str) -> bool {
    let date = value.split(['T', ' ']).next().unwrap_or(value);
    let parts: Vec<u32> = date.split(['-', '/', '.']).map(|part| part.parse().unwrap_or(u32::MAX)).collect();
    let fits = |year: u32, month: u32, day: u32| {
        (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    match parts.as_slice() {
        [a, b, c] => fits(*a, *b, *c) || fits(*c, *b, *a) || fits(*c, *a, *b),
        _ => false,
    }
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

/// A few words, or one: no number, no path, no switch.
fn is_words(value: &str) -> bool {
    let letters = value.chars().filter(|letter| letter.is_alphabetic()).count();
    (3..=96).contains(&letters)
        && 2 * letters > value.chars().count()
        && !is_code(value)
        && !value.contains(['$', '/', ':'])
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
