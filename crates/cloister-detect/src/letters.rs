//! Names where letters have them: behind a greeting, with a title or a frequent given name, and below what closes a
//! letter. `data/letters.tsv` has greetings, titles, functions and closings of each language. Lines are those of the text
//! and of texts within JSON, where `\n` parts them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, Text};
use crate::people::{is_given, is_particle};
use crate::words::words;

/// So much of a line is looked at; what closes a letter stands no further before its name.
const LONGEST: usize = 160;
/// Lines with a name alone, and lines that close a letter, are shorter.
const SHORT: usize = 64;
/// Marks of quoted lines, and blanks, before the first word.
const INDENT: usize = 16;
/// Names have no more words.
const MOST_WORDS: usize = 5;
/// No greeting and name have more.
const READ: usize = 14;

/// The words of a greeting, folded: before the name, and behind it.
type Phrase = (Vec<String>, Vec<String>);

/// What letters say.
#[derive(Default)]
struct Letters {
    /// Greetings by their first word.
    greetings: HashMap<String, Vec<Phrase>>,
    titles: HashSet<String>,
    roles: HashSet<String>,
    closings: HashSet<String>,
    /// The first two bytes of greetings and of closings.
    greets: Starts,
    closes: Starts,
}

static LETTERS: LazyLock<Letters> = LazyLock::new(|| Letters::read(include_str!("../data/letters.tsv")));

/// Which two bytes something starts with, so that most lines need one look: a bit for each two.
struct Starts(Box<[u64; 1 << 10]>);

impl Default for Starts {
    fn default() -> Starts {
        Starts(Box::new([0; 1 << 10]))
    }
}

impl Starts {
    fn place(bytes: &[u8]) -> Option<(usize, u32)> {
        let two = u16::from_le_bytes(*bytes.first_chunk()?);
        Some((usize::from(two >> 6), u32::from(two & 63)))
    }

    fn add(&mut self, text: &str) {
        let Some((word, bit)) = Starts::place(text.as_bytes()) else { return };
        self.0.get_mut(word).into_iter().for_each(|word| *word |= 1 << bit);
    }

    fn has(&self, bytes: &[u8]) -> bool {
        let place = Starts::place(bytes);
        place.is_some_and(|(word, bit)| self.0.get(word).is_some_and(|word| word >> bit & 1 == 1))
    }
}

impl Letters {
    fn read(table: &str) -> Letters {
        let mut letters = Letters::default();
        for line in table.lines() {
            let mut parts = line.splitn(3, '\t').skip(1);
            let (Some(what), Some(phrases)) = (parts.next(), parts.next()) else { continue };
            phrases.split('|').for_each(|phrase| letters.add(what, phrase));
        }
        letters
    }

    fn add(&mut self, what: &str, phrase: &str) {
        match what {
            "greeting" => {
                self.greets.add(phrase);
                let (before, after) = phrase.split_once('…').unwrap_or((phrase, ""));
                let folded = |text: &str| text.split_whitespace().map(fold).collect::<Vec<_>>();
                let before = folded(before);
                let Some(first) = before.first().cloned() else { return };
                self.greetings.entry(first).or_default().push((before, folded(after)));
            }
            "title" => drop(self.titles.insert(fold(phrase))),
            "role" => drop(self.roles.insert(fold(phrase))),
            _ => {
                self.closes.add(phrase);
                self.closings.insert(fold(phrase));
            }
        }
    }
}

/// A word, or several joined, without accents and signs.
fn fold(text: &str) -> String {
    words(text).concat()
}

/// Finds names in the lines that start in `from..to`.
pub fn find(text: &Text<'_>, from: usize, to: usize, found: &mut Vec<Found>) {
    if text.base + from == 0 && to > 0 {
        line(text, 0, 0, found);
    }
    // The first byte of a line is what gives it away, so that all of it is at hand.
    let near = |before: usize| (from.saturating_sub(before), text.slice(from.saturating_sub(before), to));
    let (start, bytes) = near(1);
    for end in memchr_iter(b'\n', bytes).map(|end| start + end + 1).filter(|end| (from..to).contains(end)) {
        line(text, end, end, found);
    }
    let (start, bytes) = near(2);
    let escaped = memchr_iter(b'\\', bytes).filter(|at| bytes.get(at + 1) == Some(&b'n'));
    for end in escaped.map(|at| start + at + 2).filter(|end| (from..to).contains(end)) {
        line(text, end, end, found);
    }
}

/// Looks for a greeting in the text that is the value of a field whose mark stands at `mark`: `"body": "Dear Ms …`.
pub fn opened(text: &Text<'_>, mark: usize, found: &mut Vec<Found>) {
    let quote = match (text.at(mark + 1), text.at(mark + 2)) {
        (Some(b'"'), _) => mark + 1,
        (Some(b' '), Some(b'"')) => mark + 2,
        (Some(b' '), Some(b' ')) => mark + 1 + text.from(mark + 1, 4).iter().take_while(|byte| **byte == b' ').count(),
        _ => return,
    };
    if text.at(quote) == Some(b'"') {
        let start = quote + 1;
        if may_greet(text, start) {
            greeting(text, start, mark, found);
        }
    }
}

/// Whether a greeting may start at `start`: most values are seen not to.
#[inline]
pub fn may_greet(text: &Text<'_>, start: usize) -> bool {
    LETTERS.greets.has(text.from(start, 2))
}

/// Looks for a name in the line that starts at `start`.
fn line(text: &Text<'_>, start: usize, anchor: usize, found: &mut Vec<Found>) {
    let begins = start;
    let start = start + indent(text.from(start, INDENT));
    // Greetings and names begin with a capital.
    if !text.at(start).is_some_and(|byte| byte.is_ascii_uppercase() || byte >= 0xC3) {
        return;
    }
    if LETTERS.greets.has(text.from(start, 2)) {
        greeting(text, start, anchor, found);
    }
    let before = line_before(text, begins);
    if LETTERS.closes.has(before) && is_closing(before) {
        let line = Line::at(text, start);
        if line.ended && line.text.len() <= SHORT {
            push(text, start, anchor, below(&line), "what closes a letter above it", found);
        }
    }
}

fn greeting(text: &Text<'_>, start: usize, anchor: usize, found: &mut Vec<Found>) {
    let line = Line::at(text, start);
    push(text, start, anchor, greeted(&line), "a greeting before it", found);
}

fn push(
    text: &Text<'_>,
    start: usize,
    anchor: usize,
    name: Option<(usize, usize)>,
    reason: &'static str,
    found: &mut Vec<Found>,
) {
    let Some((from, to)) = name else { return };
    found.push(Found {
        anchor,
        detection: Detection {
            category: Category::Name,
            kind: "name",
            title: "a person's name",
            confidence: Confidence::Likely,
            offset: text.base + start + from,
            length: to - from,
            masked: MASK.to_owned(),
            reason,
            test_data: false,
            column: None,
        },
    });
}

/// A line, or its beginning.
struct Line<'t> {
    text: &'t str,
    /// It ends there.
    ended: bool,
}

impl<'t> Line<'t> {
    fn at(text: &Text<'t>, start: usize) -> Line<'t> {
        let bytes = text.from(start, LONGEST);
        let ends = |at: &usize| match bytes.get(*at..) {
            Some([b'\n' | b'\r' | b'<' | b'"', ..]) => true,
            Some([b'\\', next, ..]) => matches!(next, b'n' | b'r'),
            _ => false,
        };
        let end = (0..bytes.len()).find(ends);
        let ended = end.is_some() || text.ended && bytes.len() < LONGEST;
        let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let line = bytes.get(..valid).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
        Line { text: line, ended: ended && valid == bytes.len() }
    }

    /// Its first words.
    fn words(&self) -> Vec<Word<'t>> {
        let mut all = Vec::new();
        let mut at = 0;
        while all.len() < READ {
            let Some(rest) = self.text.get(at..) else { break };
            at += rest.len() - rest.trim_start_matches([' ', '\u{a0}']).len();
            let Some(rest) = self.text.get(at..) else { break };
            let length = length_of_word(rest);
            let Some((word, after)) = rest.split_at_checked(length).filter(|(word, _)| !word.is_empty()) else { break };
            let after = after.strip_prefix('.').map_or((false, after), |after| (true, after));
            let stop = match after.1.chars().next() {
                None => self.ended.then_some('\n'),
                Some(' ' | '\u{a0}') => None,
                other => other,
            };
            all.push(Word { text: word, start: at, folded: fold(word), dot: after.0, stop });
            at += length + usize::from(after.0);
            if stop.is_some_and(|stop| stop != ',') {
                break;
            }
            at += usize::from(stop.is_some());
        }
        all
    }
}

/// Letters, with what stands within names and abbreviations.
fn length_of_word(rest: &str) -> usize {
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().is_some_and(|(_, next)| next.is_alphabetic());
        let within = at > 0 && next && matches!(letter, '-' | '\'' | '’' | '.');
        if !letter.is_alphabetic() && !within {
            return at;
        }
    }
    rest.len()
}

/// A word of a line.
struct Word<'t> {
    text: &'t str,
    start: usize,
    folded: String,
    /// A stop follows.
    dot: bool,
    /// What follows, where it is no blank: `\n` at the end of the line.
    stop: Option<char>,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn is_title(&self) -> bool {
        LETTERS.titles.contains(&self.folded)
    }

    fn is_initial(&self) -> bool {
        self.dot && self.text.chars().count() == 1
    }

    fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// Whether nothing of the name follows.
    fn ends(&self) -> bool {
        self.stop.is_some() || self.dot && !self.is_initial() && !self.is_title()
    }
}

/// Whose name stands behind the greeting that begins a line.
fn greeted(line: &Line<'_>) -> Option<(usize, usize)> {
    let words = line.words();
    let phrases = LETTERS.greetings.get(&words.first()?.folded)?;
    let fits = |phrase: &&Phrase| {
        let before = &phrase.0;
        let last = before.len() - 1;
        words.len() > before.len()
            && words.iter().zip(before).all(|(word, own)| word.folded == *own)
            && words.iter().take(last).all(|word| !word.ends())
            && words.get(last).is_some_and(|word| matches!(word.stop, None | Some(',')))
    };
    phrases.iter().filter(fits).find_map(|phrase| {
        let rest = words.get(phrase.0.len()..)?;
        let name = Name::of(rest);
        let follows = rest.get(name.read..).unwrap_or_default();
        // What closes the greeting behind the name says as much as a title.
        let after = &phrase.1;
        let closed = !after.is_empty() && follows.iter().map(|word| &word.folded).take(after.len()).eq(after);
        let known = closed || after.is_empty() && (name.titled || name.ended && name.is_given());
        known.then(|| name.place())?
    })
}

/// Whose name stands in the line below a closing.
fn below(line: &Line<'_>) -> Option<(usize, usize)> {
    let words = line.words();
    let name = Name::of(&words);
    let initials = name.words.iter().any(|word| word.is_initial()) && name.words.len() > 1;
    (name.ended && (name.titled || initials || name.is_given())).then(|| name.place())?
}

/// Words that may be a name.
struct Name<'w> {
    words: &'w [Word<'w>],
    titled: bool,
    /// Nothing of it follows.
    ended: bool,
    /// So many words belong to it and its titles.
    read: usize,
}

impl<'w> Name<'w> {
    fn of(words: &'w [Word<'w>]) -> Name<'w> {
        let titles = words.iter().take_while(|word| word.is_title() && word.stop.is_none()).count();
        let rest = words.get(titles..).unwrap_or_default();
        let mut count = 0;
        let mut ended = false;
        for word in rest.iter().take(MOST_WORDS + 1) {
            let belongs = word.is_capital() && !word.is_title() || is_particle(word.text) && word.stop.is_none();
            if !belongs {
                break;
            }
            count += 1;
            if word.ends() {
                ended = true;
                break;
            }
        }
        // `Kovács János úr`, `Bērziņa kungs`: titles may follow.
        let behind = rest.get(count).filter(|word| !ended && word.is_title());
        ended |= behind.is_some_and(Word::ends);
        let own = rest.get(..count).unwrap_or_default();
        let last = own.iter().rposition(Word::is_capital).map_or(0, |last| last + 1);
        Name {
            words: own.get(..last).unwrap_or_default(),
            titled: titles > 0 || behind.is_some(),
            ended,
            read: titles + count + usize::from(behind.is_some()),
        }
    }

    fn is_given(&self) -> bool {
        self.words.iter().any(|word| is_given(word.text))
    }

    fn place(&self) -> Option<(usize, usize)> {
        let (first, last) = (self.words.first()?, self.words.last()?);
        // `Monsieur le Président` is a function.
        let article = !first.is_capital() && matches!(first.text, "la" | "le");
        let role = self.words.iter().any(|word| LETTERS.roles.contains(&word.folded));
        let long = self.words.iter().any(|word| word.is_capital() && word.text.chars().count() > 1);
        (!article && !role && long && self.words.len() <= MOST_WORDS).then_some((first.start, last.end()))
    }
}

/// The last line with letters before `start`.
fn line_before<'t>(text: &Text<'t>, start: usize) -> &'t [u8] {
    let mut before = text.slice(start.saturating_sub(LONGEST), start);
    loop {
        before = match before {
            [rest @ .., b'\n' | b'\r' | b' ' | b'\t' | b'>'] | [rest @ .., b'\\', b'n' | b'r'] => rest,
            _ => break,
        };
    }
    let raw = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let escaped = memmem::rfind(before, b"\\n").map_or(0, |end| end + 2);
    let line = before.get(raw.max(escaped)..).unwrap_or_default();
    line.get(indent(line)..).unwrap_or_default()
}

/// How long the blanks, the marks of quoted lines and the tags (`<p>`) are that a line begins with.
fn indent(line: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match line.get(at..) {
            Some([b' ' | b'\t' | b'>' | b'|', ..]) => at += 1,
            Some([b'<', tag @ ..]) => match memchr::memchr(b'>', tag) {
                Some(end) => at += end + 2,
                None => return at,
            },
            _ => return at,
        }
    }
}

fn is_closing(line: &[u8]) -> bool {
    line.len() <= SHORT
        && std::str::from_utf8(line).is_ok_and(|line| {
            // What else the line says, such as a name, stands behind a comma.
            let closing = line.trim_end_matches([',', '!', '.', ' ', '-', '–']);
            LETTERS.closings.contains(&fold(closing))
        })
}
