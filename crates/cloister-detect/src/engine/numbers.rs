//! Numbers of persons, accounts, cards and telephones: what digits are joined to, and which rules fit it.

use std::sync::LazyLock;

use super::announce::Near;
use super::cluster::{Cluster, LONGEST, Span, joins};
use super::found::Found;
use super::table::{Announced, Special};
use super::text::{Text, end_of_digits, ends_word, is_word, next_digit};
use crate::detection::{Category, Confidence, Detection};
use crate::identifiers::shape::{Look, Shape};
use crate::identifiers::specimens::is_specimen;
use crate::identifiers::{Proof, RULES, Rule, mrz};
use crate::{MASK, contact, dates, fields, network};

/// A rule and its bit among what is announced.
#[derive(Clone, Copy)]
struct Entry {
    bit: usize,
    loose: bool,
    shape: Shape,
    rule: &'static Rule,
}

/// The rules for texts of one length, once for each of their shapes.
#[derive(Default)]
struct Rules {
    all: Vec<Entry>,
    /// Those that may go without a word.
    bare: Vec<Entry>,
    /// Those whose places may all be digits, and what announces any of them.
    digits: Vec<Entry>,
    announced: Announced,
    /// Whether a row of digits in one group may go without a word.
    alone: bool,
}

impl Rules {
    /// Whether no rule can be about the row of digits at `at`.
    fn pass(&self, text: &Text<'_>, at: usize, near: &mut Near) -> bool {
        !self.alone && (self.digits.is_empty() || !near.before(text, at).announce_any_of(self.announced))
    }
}

/// The end of the digits from `start` on, where they stand alone: no letter is joined to them, and no group.
fn row(text: &Text<'_>, start: usize) -> Option<usize> {
    let joined = |byte: Option<u8>| byte.is_some_and(|byte| joins(byte) || is_word(byte) || byte >= 0x80);
    if joined(text.before(start)) {
        return None;
    }
    let end = end_of_digits(text.bytes, start);
    (!joined(text.at(end))).then_some(end)
}

/// Whether a row of digits may be a telephone number: rows are many, and words that announce one few.
fn may_be_dialled(text: &Text<'_>, start: usize, end: usize, near: &mut Near) -> bool {
    let goes_on = text.at(end).is_some_and(|byte| matches!(byte, b'(' | b')'));
    let marked = text.at(start) == Some(b'0');
    (end - start >= contact::FEWEST_BARE || goes_on) && (marked || near.before(text, start).say(Special::Phone))
}

/// The rules by the length of what they judge.
static RULES_BY_LENGTH: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let mut lengths: Vec<Rules> = std::iter::repeat_with(Rules::default).take(LONGEST + 1).collect();
    for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
        let loose = rule.is_loose();
        for shape in rule.shapes {
            let entry = Entry { bit, loose, shape: *shape, rule };
            let Some(rules) = lengths.get_mut(shape.length()) else { continue };
            rules.all.push(entry);
            if matches!(rule.proof, Proof::Nothing | Proof::WordOrGroups) {
                rules.bare.push(entry);
            }
            if shape.may_be_digits() {
                rules.alone |= matches!(rule.proof, Proof::Nothing);
                rules.digits.push(entry);
                rules.announced.add(Announced::one(bit));
            }
        }
    }
    lengths
});

/// Finds what starts at the words whose first digits stand in `from..to`.
pub fn find(text: &Text<'_>, from: usize, to: usize, near: &mut Near, found: &mut Vec<Found>) {
    mrz::find(text, from, to, found);
    let rules = &*RULES_BY_LENGTH;
    let mut cluster = Cluster::new();
    let mut at = from;
    while let Some(digit) = next_digit(text.bytes, at).filter(|digit| *digit < to) {
        if let Some(end) = row(text, digit) {
            let length = end - digit;
            if length < SHORTEST || rules.get(length).is_none_or(|rules| rules.pass(text, digit, near)) {
                if may_be_dialled(text, digit, end, near) {
                    contact::phone(text, digit, digit, near, found);
                }
                at = end;
                continue;
            }
        }
        cluster.take(text, digit, to);
        for span in cluster.spans() {
            if let Some(rules) = rules.get(span.length) {
                Candidate { text, cluster: &cluster, span }.judge(rules, near, found);
            }
        }
        for word in cluster.words() {
            contact::phone(text, word.start, word.digit, near, found);
            icd(text, word.start, word.end, word.digit, near, found);
            network::with_colons(text, word.start, word.end, word.digit, near, found);
            if word.start == word.digit {
                dates::birth(text, word.start, word.end, near, found);
            }
        }
        for word in cluster.addresses() {
            network::version_4(text, word.start, near, found);
        }
        at = cluster.end();
    }
}

/// Shorter ones are too frequent to be told apart.
pub const SHORTEST: usize = 8;
pub const FEWEST_DIGITS: u32 = 5;

struct Candidate<'t> {
    text: &'t Text<'t>,
    cluster: &'t Cluster,
    span: Span,
}

impl Candidate<'_> {
    fn judge(&self, rules: &Rules, near: &mut Near, found: &mut Vec<Found>) {
        let span = &self.span;
        let look = Look::from_digits(span.length, span.digits, self.cluster.first(span));
        let entries = if span.is_digits() {
            // Rows of digits are many, and words beside them few.
            if rules.digits.is_empty() || !near.before(self.text, span.start).announce_any_of(rules.announced) {
                &rules.bare
            } else {
                &rules.digits
            }
        } else {
            &rules.all
        };
        let mut best: Option<(u8, &'static Rule)> = None;
        for entry in entries.iter().filter(|entry| entry.shape.fits(&look)) {
            if let Some(proof) = self.proof(entry, near)
                && best.is_none_or(|(most, _)| proof >= most)
            {
                best = Some((proof, entry.rule));
            }
        }
        let Some((proof, rule)) = best else { return };
        let compact = self.cluster.compact(span);
        if self.glued() || compact.first().is_some_and(|first| compact.iter().all(|byte| byte == first)) {
            return;
        }
        found.push(Found {
            anchor: span.anchor,
            detection: Detection {
                category: rule.category,
                kind: rule.kind,
                title: rule.title,
                confidence: if proof == 1 { Confidence::Likely } else { Confidence::Certain },
                offset: self.text.base + span.start,
                length: span.end - span.start,
                masked: MASK.to_owned(),
                reason: if proof > 0 {
                    "by its form and checksum, and the words beside it"
                } else {
                    "by its form and checksum"
                },
                test_data: is_specimen(rule.kind, compact),
                column: None,
            },
        });
    }

    /// 2: announced by the rule's own words; 1: by a word for any country; 0: needs none. Nothing where the number
    /// is not valid, or needs a word and has none.
    fn proof(&self, entry: &Entry, near: &mut Near) -> Option<u8> {
        let rule = entry.rule;
        // The sign of the century is part of a Finnish code: a letter, or what separates its two groups.
        let signed = || matches!(self.text.at(self.span.start + 6), Some(b'-' | b'+')) && self.is_grouped(&[6, 4]);
        if rule.kind == "fi-identity-code" && !self.is_grouped(&[11]) && !signed() {
            return None;
        }
        let enough = match rule.proof {
            Proof::Nothing => true,
            Proof::WordOrGroups => self.is_usual(rule.kind),
            Proof::Word | Proof::OwnWord => false,
        };
        // Words are looked for last where none is needed: most fail before.
        if enough && !(rule.valid)(self.cluster.compact(&self.span)) {
            return None;
        }
        let words = near.before(self.text, self.cluster.first_digit_word(&self.span));
        let proof = if entry.loose { words.announce_closely(entry.bit) } else { words.announce(entry.bit) };
        (enough && !entry.loose || proof > 0 && (rule.valid)(self.cluster.compact(&self.span))).then_some(proof)
    }

    /// Whether the groups have these lengths.
    fn is_grouped(&self, lengths: &[usize]) -> bool {
        let groups = self.cluster.groups(&self.span);
        groups.len() == lengths.len()
            && groups.iter().zip(lengths).all(|(group, length)| group.end - group.start == *length)
    }

    /// Written as one writes such numbers, with one sign between all groups.
    fn is_usual(&self, kind: &str) -> bool {
        let mut groups = self.cluster.groups(&self.span).iter();
        let sign = groups.next().and_then(|first| self.text.at(first.end));
        let mut alike = || groups.all(|group| group.end == self.span.end || self.text.at(group.end) == sign);
        USUAL.iter().any(|(of, lengths)| *of == kind && self.is_grouped(lengths)) && alike()
    }

    /// Part of something else: the end of a longer row, an address, a name.
    fn glued(&self) -> bool {
        let glue = |byte: Option<u8>| byte.is_some_and(|byte| byte >= 0x80 || matches!(byte, b'_' | b'@' | b'%'));
        let (start, end) = (self.span.start, self.span.end);
        glue(self.text.before(start)) || glue(self.text.at(end)) || self.goes_on()
    }

    /// Whether more groups of the same number stand before or after it.
    fn goes_on(&self) -> bool {
        let (start, end) = (self.span.start, self.span.end);
        let own = |sign: u8| self.text.slice(start, end).contains(&sign);
        let joins = |sign: u8| matches!(sign, b'-' | b'.') || matches!(sign, b' ' | b'/') && own(sign);
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        let after = self.text.at(end).is_some_and(joins) && digit(self.text.at(end + 1));
        let before = self.text.before(start).is_some_and(joins) && digit(self.text.before(start.wrapping_sub(1)));
        after || before
    }
}

/// How numbers are written that need no word then. Rows of other numbers, which stand side by side, are in other groups.
const USUAL: [(&str, &[usize]); 7] = [
    ("payment-card", &[4, 4, 4, 4]),
    ("payment-card", &[4, 6, 5]),
    ("payment-card", &[4, 6, 4]),
    ("ch-social-security", &[3, 4, 4, 2]),
    ("fr-social-security", &[1, 2, 2, 2, 3, 3, 2]),
    ("fr-social-security", &[13, 2]),
    ("mac-address", &[2, 2, 2, 2, 2, 2]),
];

/// A code of the ICD beside a word that announces one.
fn icd(text: &Text<'_>, start: usize, end: usize, digit: usize, near: &mut Near, found: &mut Vec<Found>) {
    if end - start != 3 || digit != start + 1 || text.at(end) != Some(b'.') || text.before(start) == Some(b'.') {
        return;
    }
    let mut last = end + 1;
    while text.at(last).is_some_and(is_word) && last < end + 8 {
        last += 1;
    }
    let code = std::str::from_utf8(text.slice(start, last)).unwrap_or("");
    if last > end + 1 && fields::is_icd(code) && near.before(text, start).say(Special::Diagnosis) {
        found.push(Found {
            anchor: digit,
            detection: Detection {
                category: Category::Health,
                kind: "icd-code",
                title: "a diagnosis",
                confidence: Confidence::Likely,
                offset: text.base + start,
                length: last - start,
                masked: MASK.to_owned(),
                reason: "a code of the ICD beside a word that announces one",
                test_data: false,
                column: None,
            },
        });
    }
}

/// Whether a telephone number may start at `start`: what stands before belongs to it or to nothing.
pub fn stands_apart(text: &Text<'_>, start: usize) -> bool {
    let byte = text.before(start);
    ends_word(byte) && !byte.is_some_and(|byte| byte >= 0x80 || matches!(byte, b'.' | b'-' | b'/' | b'+'))
}
