//! Numbers of persons, accounts, cards and telephones: what digits are joined to, and which rules fit it.
//!
//! The masks of a stretch say where words with digits stand. Most of them are short, alone, and no part of anything:
//! they are passed over by their length and the bytes beside them, all those of 64 bytes at once.

use super::announce::Near;
use super::beside::Beside;
use super::candidate::Candidate;
use super::cluster::{Cluster, LONGEST, Word, is_prose};
use super::found::Found;
use super::masks::{BITS, Masks, STRETCH};
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
        for start in (from..end).step_by(BITS) {
            let not_before =
                |at: usize| u64::MAX.checked_shl(u32::try_from(at - start).unwrap_or(BITS as u32)).unwrap_or(0);
            let mut digits = self.masks.telling_digits_at(start) & not_before(at.max(start));
            while digits != 0 {
                let digit = start + digits.trailing_zeros() as usize;
                if digit >= end {
                    break;
                }
                at = self.word(digit);
                digits &= not_before(at);
            }
        }
        at.max(end)
    }

    /// Judges what starts at the word whose first digit this is; says where to go on.
    fn word(&mut self, digit: usize) -> usize {
        let text = self.text;
        let length = self.masks.words_at(digit).trailing_ones() as usize;
        let end = digit + length;
        let (prior, right) = (Beside::of(text.before(digit)), Beside::of(text.at(end)));
        let glued = prior.is_word();
        if !glued && right.ends_all() && self.is_nothing(digit, end, prior) {
            return end;
        }
        let back = if glued { self.masks.words_before(digit).leading_ones() as usize } else { 0 };
        if back + length > LONGEST {
            return end_of(text.bytes, digit);
        }
        let start = digit - back;
        let left = if glued { Beside::of(text.before(start)) } else { prior };
        // What a word with an earlier digit is was decided there.
        if glued
            && (self.masks.digits_before(digit) >> (BITS - back) != 0
                || right.ends_all() && self.is_nothing(start, end, left))
        {
            return end;
        }
        // The most frequent numbers of all are no numbers of persons.
        if !left.joins()
            && right.joins()
            && let Some(end) = passed::over(text, &self.masks.at(start), start)
        {
            return end;
        }
        let digits = !glued && self.masks.digits_at(digit).trailing_ones() as usize == length;
        if digits && left.parts() && right.parts() && self.row(digit, end) {
            return end;
        }
        let joined = left.joins() || right.joins() && text.at(end + 1).is_some_and(is_word);
        let (promising, dials) =
            if joined { self.may_begin_number(start, left) } else { (self.may_be_number(start, end), true) };
        if promising {
            return self.cluster(start, end);
        }
        judge(text, &Lone { start, end, digit, digits, dials }, self.near, self.found);
        end
    }

    /// Whether a word with a digit is nothing, since it is short, nothing goes on behind it, and this is `left` of it:
    /// most words are.
    #[inline]
    fn is_nothing(&self, start: usize, end: usize, left: Beside) -> bool {
        let length = end - start;
        if length >= contact::FEWEST_BARE {
            return false;
        }
        if left.is_colon() {
            // An address of the network may end here.
            return self.masks.digits_at(start).trailing_ones() as usize >= length;
        }
        // A capital may be the first group of a number, which has five digits at least.
        !left.joins() || length < FEWEST_DIGITS as usize || !self.follows_capital(start)
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
    /// are joined to it, and how many dots: others are judged for themselves. And whether there are digits enough for a
    /// telephone number, as far as it is seen.
    fn may_begin_number(&self, start: usize, left: Beside) -> (bool, bool) {
        let here = self.masks.at(start);
        let joined = here.joined();
        let count = |reach: u32| (here.digits & ((1 << reach) - 1)).count_ones();
        let most = count(joined.min(REACH));
        let leads_on = || Beside::of(self.text.at(start + joined as usize)).leads_on();
        let dials = most as usize >= contact::FEWEST_BARE || joined >= REACH || leads_on();
        if most < FEWEST_JOINED {
            return (false, dials);
        }
        let is_prose = |from, to| is_prose(self.text.slice(start + from, start + to));
        let reach = here.joined_to(joined, is_prose).min(REACH);
        let all = (1 << reach) - 1;
        let digits = here.digits & all;
        let dots = here.joins & digits << 1 & digits >> 1;
        // Words of capitals that may stand before it are not counted here.
        let leading = || left.joins() && self.follows_capital(start);
        let long = || (here.words & all).count_ones() as usize >= SHORTEST || leading();
        (count(reach) >= FEWEST_DIGITS && long() || dots.count_ones() >= 3, dials)
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
        let goes_on = || matches!(text.at(end), Some(b'(' | b')')) && dials_on(text, end);
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
            judge(text, &Lone { start, end, digit, digits, dials: true }, near, found);
        }
        for word in cluster.addresses() {
            network::version_4(text, word.start, near, found);
        }
        cluster.end()
    }
}

/// Addresses of the network have this many digits at least, and numbers one more.
const FEWEST_JOINED: u32 = 4;
/// No number reaches further: its letters and digits, and a sign between each two of its groups.
const REACH: u32 = 48;

/// A word with a digit, as it stands.
struct Lone {
    start: usize,
    end: usize,
    /// Its first digit.
    digit: usize,
    /// It has nothing else.
    digits: bool,
    /// There may be digits enough behind it for a telephone number.
    dials: bool,
}

/// What a word may be, or what begins with it: most are seen to be nothing by their length and the byte behind them.
fn judge(text: &Text<'_>, word: &Lone, near: &mut Near, found: &mut Vec<Found>) {
    let Lone { start, end, digit, digits, dials } = *word;
    let next = text.at(end);
    let beside = Beside::of(next);
    let colon = beside.is_colon() || text.before(start) == Some(b':');
    if !colon && beside.ends_all() && end - start < contact::FEWEST_BARE {
        return;
    }
    if start == digit {
        // No telephone number ends within a word.
        if digits && dials && (end - start >= contact::FEWEST_BARE || dials_on(text, end)) {
            contact::phone(text, start, digit, near, found);
        }
        dates::birth(text, (start, end, digits), near, found);
    }
    if next == Some(b'.') {
        icd(text, start, end, digit, near, found);
    }
    if colon {
        network::with_colons(text, start, end, digit, near, found);
    }
}

/// Whether more digits of a telephone number stand behind `end`: no more than two signs are between them.
fn dials_on(text: &Text<'_>, end: usize) -> bool {
    let digit = |at: usize| text.at(at).is_some_and(|byte| byte.is_ascii_digit());
    let sign = |at: usize| Beside::of(text.at(at)).leads_on();
    sign(end) && (digit(end + 1) || sign(end + 1) && digit(end + 2))
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
