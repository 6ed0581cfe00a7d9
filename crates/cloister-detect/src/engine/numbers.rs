//! Numbers of persons, accounts, cards and telephones: what digits are joined to, and which rules fit it.
//!
//! The masks of a stretch say where words with digits stand. Most of them are short, alone, and no part of anything:
//! they are passed over by their length and the bytes beside them.

use super::announce::Near;
use super::candidate::Candidate;
use super::cluster::{Cluster, LONGEST, Word, is_prose};
use super::found::Found;
use super::masks::{BITS, Block, Masks, STRETCH};
use super::passed;
use super::room::Room;
use super::rules::{RULES_BY_LENGTH, Rules};
use super::table::Special;
use super::text::{Text, end_of, ends_word, is_word, next_digit};
use crate::detection::{Category, Confidence, Detection};
use crate::identifiers::mrz;
use crate::identifiers::shape::Look;
use crate::{MASK, contact, dates, fields, network};

/// Shorter ones are too frequent to be told apart.
pub const SHORTEST: usize = 8;
pub const FEWEST_DIGITS: u32 = 5;

/// Finds what starts at the words whose first digits stand in `from..to`.
pub fn find(text: &Text<'_>, from: usize, to: usize, room: &mut Room) {
    let Room { near, masks, cluster, found, .. } = room;
    mrz::find(text, from, to, found);
    let next = |at| next_digit(text.bytes, at).filter(|digit| *digit < to);
    let Some(mut digit) = next(from) else { return };
    let silent = near.knows_nothing();
    let mut walk = Walk { text, to, masks, cluster, silent, near, found, rules: &RULES_BY_LENGTH };
    while let Some(further) = next(walk.stretch(digit)) {
        digit = further;
    }
}

/// What a walk over words needs.
struct Walk<'t, 'f> {
    text: &'t Text<'t>,
    to: usize,
    masks: &'f mut Masks,
    cluster: &'f mut Cluster,
    /// Whether words beside a number are all that may announce it.
    silent: bool,
    near: &'f mut Near,
    found: &'f mut Vec<Found>,
    rules: &'static [Rules],
}

impl Walk<'_, '_> {
    /// Reads on from `from`, where a digit stands; says how far.
    fn stretch(&mut self, from: usize) -> usize {
        let end = self.to.min(from + STRETCH);
        self.masks.read(self.text.bytes, from, end);
        let mut at = from;
        while let Some(digit) = self.masks.next_digit(at, end) {
            at = self.word(digit);
        }
        at.max(end)
    }

    /// Judges what starts at the word whose first digit this is; says where to go on.
    fn word(&mut self, digit: usize) -> usize {
        let (text, here) = (self.text, self.masks.at(digit));
        let glued = text.before(digit).is_some_and(is_word);
        let length = here.words.trailing_ones() as usize;
        let digits = !glued && here.digits.trailing_ones() as usize == length;
        if !glued && length < contact::FEWEST_BARE && self.is_nothing(digit, digit + length, digits) {
            return digit + length;
        }
        let before = if glued { self.masks.before(digit) } else { Block::default() };
        let back = before.words.leading_ones() as usize;
        if back + length > LONGEST {
            return end_of(text.bytes, digit);
        }
        let (start, end) = (digit - back, digit + length);
        // What a word with an earlier digit is was decided there.
        if glued && before.digits >> (BITS - back) != 0 {
            return end;
        }
        let (left, right) = (Beside::of(text.before(start)), Beside::of(text.at(end)));
        // The most frequent numbers of all are no numbers of persons.
        if left != Beside::Join && right == Beside::Join {
            let whole = if back == 0 { here } else { self.masks.at(start) };
            if let Some(end) = passed::over(text, &whole, start) {
                return end;
            }
        }
        if digits && left == Beside::Nothing && right == Beside::Nothing && self.row(digit, end) {
            return end;
        }
        let joined = left == Beside::Join || right == Beside::Join && text.at(end + 1).is_some_and(is_word);
        let promising = if joined { self.may_begin_number(start, left) } else { self.may_be_number(start, end) };
        if promising {
            return self.cluster(start, end);
        }
        judge(text, &Lone { start, end, digit, digits }, self.near, self.found);
        end
    }

    /// Whether a short word that begins with a digit is nothing, since nothing goes on behind it: most words are.
    #[inline]
    fn is_nothing(&self, start: usize, end: usize, digits: bool) -> bool {
        let next = self.text.at(end);
        if Beside::of(next) != Beside::Nothing || matches!(next, Some(b':' | b'(' | b')')) {
            return false;
        }
        match self.text.before(start) {
            // An address of the network may end here.
            Some(b':') => digits,
            before => Beside::of(before) != Beside::Join || !self.follows_capital(start),
        }
    }

    /// Whether a capital stands before the sign before `start`: its word may be the first group of a number.
    fn follows_capital(&self, start: usize) -> bool {
        start.checked_sub(2).and_then(|at| self.text.at(at)).is_some_and(|it| it.is_ascii_uppercase())
    }

    /// Whether a word that is joined to none may be a number, by its shape.
    fn may_be_number(&self, start: usize, end: usize) -> bool {
        let length = end - start;
        let Some(rules) = self.rules.get(length).filter(|_| length >= SHORTEST) else { return false };
        let first = self.text.at(start).map_or(0, |byte| byte.to_ascii_uppercase());
        let digits = self.masks.at(start).digits & ((1 << length) - 1);
        rules.fitting(Look::from_digits(length, digits, first), u64::MAX).next().is_some()
    }

    /// Whether a number or an address of the network may begin at the word at `start`, by how many digits and letters
    /// are joined to it, and how many dots: others are judged for themselves.
    fn may_begin_number(&self, start: usize, left: Beside) -> bool {
        let here = self.masks.at(start);
        let reach = here.joined(|from, to| is_prose(self.text.slice(start + from, start + to))).min(REACH);
        let all = (1 << reach) - 1;
        let digits = here.digits & all;
        let dots = here.joins & digits << 1 & digits >> 1;
        // Words of capitals that may stand before it are not counted here.
        let leading = || left == Beside::Join && self.follows_capital(start);
        let long = || (here.words & all).count_ones() as usize >= SHORTEST || leading();
        digits.count_ones() >= FEWEST_DIGITS && long() || dots.count_ones() >= 3
    }

    /// Passes over a row of digits to which no letter and no group is joined, where no rule can be about it: rows are
    /// many, and words that announce one few.
    fn row(&mut self, start: usize, end: usize) -> bool {
        let (text, length) = (self.text, end - start);
        let silent = self.silent && length >= contact::FEWEST_BARE && !self.masks.letters_near(start);
        if length >= SHORTEST
            && let Some(rules) = self.rules.get(length)
            && (rules.alone
                || rules.digits != 0 && !silent && self.near.before(text, start).announce_any_of(rules.announced))
        {
            return false;
        }
        let goes_on = || matches!(text.at(end), Some(b'(' | b')'));
        if (length >= contact::FEWEST_BARE || goes_on())
            && (text.at(start) == Some(b'0') || !silent && self.near.before(text, start).say(Special::Phone))
        {
            contact::phone(text, start, start, self.near, self.found);
        }
        true
    }

    /// Judges what the word in `start..end` and those that are joined to it may be; says where to go on.
    fn cluster(&mut self, start: usize, end: usize) -> usize {
        let Walk { text, cluster, near, found, .. } = self;
        cluster.take(text, self.masks, (start, end), self.to);
        for span in cluster.spans() {
            if let Some(rules) = self.rules.get(span.length) {
                Candidate { text, cluster, span }.judge(rules, near, found);
            }
        }
        for word in cluster.words() {
            let Word { start, end, digit, digits, .. } = *word;
            judge(text, &Lone { start, end, digit, digits }, near, found);
        }
        for word in cluster.addresses() {
            network::version_4(text, word.start, near, found);
        }
        cluster.end()
    }
}

/// No number reaches further: its letters and digits, and a sign between each two of its groups.
const REACH: u32 = 48;

/// What stands beside a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    /// A sign that joins groups.
    Join,
    /// A letter that is not of ASCII.
    Foreign,
}

impl Beside {
    fn of(byte: Option<u8>) -> Beside {
        match byte {
            Some(b' ' | b'-' | b'.' | b'/' | b'+') => Beside::Join,
            Some(0x80..) => Beside::Foreign,
            _ => Beside::Nothing,
        }
    }
}

/// A word with a digit, as it stands.
struct Lone {
    start: usize,
    end: usize,
    /// Its first digit.
    digit: usize,
    /// It has nothing else.
    digits: bool,
}

/// What a word may be, or what begins with it: most are seen to be nothing by their length and the byte behind them.
fn judge(text: &Text<'_>, word: &Lone, near: &mut Near, found: &mut Vec<Found>) {
    let Lone { start, end, digit, digits } = *word;
    let next = text.at(end);
    if start == digit {
        let sign = |byte: Option<u8>| matches!(byte, Some(b' ' | b'.' | b'-' | b'/' | b'+' | b'(' | b')'));
        let further = text.at(end + 1);
        let goes_on = sign(next) && (sign(further) || further.is_some_and(|byte| byte.is_ascii_digit()));
        // No telephone number ends within a word.
        if digits && (goes_on || end - start >= contact::FEWEST_BARE) {
            contact::phone(text, start, digit, near, found);
        }
        dates::birth(text, (start, end, digits), near, found);
    }
    if next == Some(b'.') {
        icd(text, start, end, digit, near, found);
    }
    if next == Some(b':') || text.before(start) == Some(b':') {
        network::with_colons(text, start, end, digit, near, found);
    }
}

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
