//! The words before a value: what they announce, found in one look.

use std::cell::RefCell;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::known::Known;
use super::letters::{self, Hit, Settled};
use super::quiet::{Quiet, Window};
use super::table::{Announced, Special, TABLE, Table};
use super::text::Text;
use crate::columns::Cells;

/// How many bytes before a value are looked at.
pub const NEAR: usize = 64;
/// What says little more than how long it is needs its word as near as this.
const CLOSE: usize = 24;
/// What has no form of its own follows its word at this distance.
const GAP: usize = 40;

/// Names that were met last are remembered with what they announce: heads have the same ones again and again.
const NAMED: usize = 64;
const LONGEST_NAME: usize = 48;

thread_local! {
    static NAMES: RefCell<Vec<(Box<str>, Words)>> = const { RefCell::new(Vec::new()) };
}

/// What the words before a value announce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Rules whose own words stand here.
    own: Announced,
    /// Rules of which words speak that hold for many, in a language of their country.
    any: Announced,
    /// The same, close by.
    own_close: Announced,
    any_last: Announced,
}

impl Words {
    /// What the name of a field or a column announces.
    pub fn of_name(name: &str) -> Words {
        if name.is_empty() {
            return Words::default();
        }
        if name.len() > LONGEST_NAME {
            return Near::new(name).field;
        }
        NAMES.with_borrow_mut(|names| {
            names.resize_with(NAMED, Default::default);
            let place = usize::try_from(FixedState::default().hash_one(name) >> 32).unwrap_or(0) % NAMED;
            let Some(known) = names.get_mut(place) else { return Near::new(name).field };
            if *known.0 != *name {
                *known = (name.into(), Near::new(name).field);
            }
            known.1
        })
    }

    /// Whether anything is announced.
    pub fn say_something(&self) -> bool {
        self.own != Announced::default() || self.any != Announced::default()
    }

    /// Whether any of these rules is announced.
    pub fn announce_any_of(&self, rules: Announced) -> bool {
        !self.own.is_disjoint(rules) || !self.any.is_disjoint(rules)
    }

    /// 2 where a rule's own words announce it, 1 for words of many, 0 for none.
    pub fn announce(&self, rule: usize) -> u8 {
        if self.own.has(rule) { 2 } else { u8::from(self.any.has(rule)) }
    }

    /// The same for a rule that needs its word close by.
    pub fn announce_closely(&self, rule: usize) -> u8 {
        if self.own_close.has(rule) { 2 } else { u8::from(self.any_last.has(rule)) }
    }

    /// Whether something is announced that no rule is for.
    pub fn say(&self, special: Special) -> bool {
        self.any.has(special.bit())
    }
}

/// The words near values, looked up once for each stretch of text.
pub struct Near {
    table: &'static Table,
    hits: Vec<Hit>,
    /// What was met before.
    known: Known,
    /// Where nothing is announced.
    quiet: Quiet,
    /// So far was read for good: up to a digit, behind which no word goes on.
    read: Read,
    /// What was said last, and of which place.
    said: (usize, Words),
    field: Words,
    /// The cells of tables: what is announced in one of them, its column and its own words say.
    pub cells: Cells,
}

/// How far a text was read.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    /// No word is held that starts before.
    from: usize,
    to: usize,
    /// So many hits stand before.
    hits: usize,
    /// Where the last word begins.
    last: usize,
}

impl Read {
    /// What is looked up next was not read.
    const NOTHING: Read = Read { from: 0, to: usize::MAX, hits: 0, last: 0 };
}

impl Near {
    /// `field` is the name of the field that all of the text is the value of.
    pub fn new(field: &str) -> Near {
        let mut near = Near {
            table: &TABLE,
            hits: Vec::new(),
            known: Known::default(),
            quiet: Quiet::default(),
            read: Read::default(),
            said: (usize::MAX, Words::default()),
            field: Words::default(),
            cells: Cells::default(),
        };
        if !field.is_empty() {
            let from = field.len().saturating_sub(NEAR);
            let (last, _) = near.look(field.as_bytes(), from, field.len());
            near.field = near.sum(Words::default(), (0, field.len()), last.map_or(0, |last| from + last));
            near.forget();
        }
        near
    }

    /// One that remembers what stood before values.
    pub fn that_remembers() -> Near {
        Near { known: Known::new(), quiet: Quiet::new(), ..Near::new("") }
    }

    /// The text at hand is another one: part of the value of a field whose name announces this.
    pub fn begin(&mut self, field: Option<&Words>) {
        self.field = field.copied().unwrap_or_default();
        self.cells.clear();
        self.forget();
    }

    /// The text at hand is another one, or begins elsewhere.
    fn forget(&mut self) {
        self.hits.clear();
        self.read = Read::NOTHING;
        self.said.0 = usize::MAX;
    }

    /// Whether neither the name of the field nor that of a column announces anything.
    pub fn knows_nothing(&self) -> bool {
        self.field == Words::default() && self.cells.is_empty()
    }

    /// Whether this is known without a look.
    pub fn has_said(&self, at: usize) -> bool {
        self.said.0 == at
    }

    /// What is announced for a value at `at`: by words of its line that are near.
    pub fn before(&mut self, text: &Text<'_>, at: usize) -> &Words {
        if self.said.0 != at {
            self.said = (at, self.announced(text, at));
        }
        &self.said.1
    }

    fn announced(&mut self, text: &Text<'_>, at: usize) -> Words {
        let window = self.cells.is_empty().then(|| Window::before(text.bytes, at)).flatten();
        if window.as_ref().is_some_and(|window| self.quiet.knows(window)) {
            // What was read before stands elsewhere.
            self.hits.clear();
            self.read = Read::NOTHING;
            return self.field;
        }
        let words = self.look_around(text, at);
        if let Some(window) = window.filter(|_| self.hits.is_empty()) {
            self.quiet.learn(window);
        }
        words
    }

    fn look_around(&mut self, text: &Text<'_>, at: usize) -> Words {
        let line = text.line_near(at);
        let last = self.look_before(text, line, at);
        let cell = self.cells.around(text.base + at);
        let known = cell.as_ref().map_or(self.field, |cell| cell.words);
        if self.hits.is_empty() {
            return known;
        }
        let floor = cell.map_or(0, |cell| cell.start.saturating_sub(text.base));
        self.sum(known, (floor.max(line), at), last)
    }

    /// Looks up the words in `from..at`, which were not yet; says where the last one begins.
    fn look_before(&mut self, text: &Text<'_>, from: usize, at: usize) -> usize {
        self.hits.truncate(self.read.hits);
        if from < self.read.from || self.read.to < from || self.read.to > at {
            self.hits.clear();
            self.read = Read { from, to: from, hits: 0, last: 0 };
        }
        if self.hits.first().is_some_and(|hit| hit.start < from) {
            self.hits.retain(|hit| hit.start >= from);
            self.read.from = from;
        }
        let (start, read) = (self.read.from, self.read.to);
        let digit = text.at(at).is_some_and(|byte| byte.is_ascii_digit());
        if digit && let Some(last) = self.known.whole(text.bytes, (read, at), &mut self.hits) {
            self.read = Read { from: start, to: at, hits: self.hits.len(), last };
            return last;
        }
        let (last, settled) = self.look(text.bytes, read, at);
        let place = |last: Option<usize>| last.map_or(self.read.last, |last| read + last);
        let last = place(last);
        // No word goes on behind a digit.
        self.read = if digit {
            Read { from: start, to: at, hits: self.hits.len(), last }
        } else {
            Read { from: start, to: read + settled.to, hits: settled.hits, last: place(settled.last) }
        };
        last
    }

    /// Whether something is announced for the value at `at`, and nothing else stands between: no digit, no other value.
    pub fn announce_next(&mut self, text: &Text<'_>, at: usize, special: Special) -> bool {
        if !self.before(text, at).say(special) {
            return false;
        }
        let floor = self.cells.around(text.base + at).map_or(0, |cell| cell.start.saturating_sub(text.base));
        let first = floor.max(text.line_near(at));
        let says =
            |hit: &&Hit| self.table.entry(hit.entry).is_some_and(|entry| self.table.set(entry.any).has(special.bit()));
        let hit = self.hits.iter().rev().find(|hit| hit.start >= first && says(hit));
        let between = text.slice(hit.map_or(first, |hit| hit.end), at);
        let marks = between.iter().filter(|byte| matches!(byte, b':' | b'=' | b'>')).count();
        let parts = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b',' | b';' | b'&' | b'{' | b'|');
        between.len() <= GAP && marks <= 1 && !between.iter().any(parts)
    }

    /// What is announced by words from `first` on, the last of which begins at `last`, and by what is `known`.
    fn sum(&self, known: Words, (first, at): (usize, usize), last: usize) -> Words {
        let hits = || self.hits.iter().filter(|hit| hit.start >= first);
        let entry = |hit: &Hit| self.table.entry(hit.entry);
        // Words of orders, invoices and things: what stands before the last of them announces nothing.
        let other = hits().filter(|hit| entry(hit).is_some_and(|entry| entry.other)).map(|hit| hit.end).max();
        let mut words = known;
        if other.is_some() {
            words.any = Announced::default();
        }
        for (hit, entry) in hits().filter_map(|hit| Some((hit, entry(hit)?))) {
            let own = self.table.set(entry.own);
            words.own.add(own);
            if other.is_none_or(|other| hit.end >= other) {
                words.any.add(self.table.set(entry.any));
            }
            if at - hit.end <= CLOSE {
                words.own_close.add(own);
            }
            if hit.end >= last.max(first) {
                words.any_last.add(self.table.set(entry.any));
            }
        }
        words
    }

    /// Looks up the words in `from..to`; says how far from there the last one begins, and what will not be read again.
    fn look(&mut self, bytes: &[u8], from: usize, to: usize) -> (Option<usize>, Settled) {
        if from == to {
            return (None, Settled { hits: self.hits.len(), ..Settled::default() });
        }
        letters::read(bytes, (from, to), (self.table, &mut self.known), &mut self.hits)
    }
}

/// Parts of names that tell of credentials, too short for the table.
const SHORT_STEMS: [&[u8]; 3] = [b"key", b"pwd", b"pat"];

/// Whether a name may tell something of its value: one look at its letters.
pub fn may_tell(name: &str) -> bool {
    // Words with digits are in no table, and short ones are looked for as they are written.
    if name.len() > NEAR || !name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_digit()) {
        return true;
    }
    let mut near = Near::new("");
    near.look(name.as_bytes(), 0, name.len());
    near.hits.iter().filter_map(|hit| near.table.entry(hit.entry)).any(|entry| entry.tells)
        || name.as_bytes().windows(3).any(|three| SHORT_STEMS.iter().any(|stem| three.eq_ignore_ascii_case(stem)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::concepts::Concept;
    use crate::identifiers::RULES;
    use crate::words::Context;

    fn words(text: &str) -> Words {
        let text = Text { bytes: text.as_bytes(), base: 0, ended: true };
        *Near::new("").before(&text, text.bytes.len())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// The table against one look after the other.
        #[test]
        fn words_announce_what_they_announce(
            parts in prop::collection::vec(prop_oneof![
                "(?i)tel|steuer|id|nummer|pesel|nir|patient|e|bank|konto|rodné|číslo|ssn|tax|ČÍSLO|é|order|invoice",
                "[a-zA-Z]{1,4}",
                "Αριθμός|μητρώου|ЕГН|номер|лична|карта",
            ], 0..5),
            mark in "[-_ .]?",
        ) {
            let text = parts.join(&mark);
            prop_assume!(text.len() < NEAR - 2);
            let found = words(&text);
            let context = Context::new(&text);
            for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
                // A short word of three parts joined counts here, and not for `Context`.
                if context.has_any(rule.words) {
                    prop_assert!(found.own.has(bit), "{} in {text}", rule.kind);
                }
                let any = rule.announced_by().iter().any(|concept| context.announces_in(*concept, rule.country));
                prop_assert_eq!(found.any.has(bit), any, "{} in {}", rule.kind, text);
            }
            prop_assert_eq!(found.say(Special::Phone), context.announces(Concept::PhoneNumber), "{}", text);
        }
    }

    proptest! {
        #[test]
        fn what_was_met_before_announces_the_same(
            texts in prop::collection::vec(
                "([a-f]{1,4}[0-9]{1,2}){0,6}[a-z]?(\", \"|, )(span_id|passport|Tel|steuer|Tax Id|order no|é|pesel)(\": \"|: )",
                1..12,
            ),
        ) {
            let mut known = Near::that_remembers();
            for text in texts.iter().chain(&texts) {
                let text = Text { bytes: text.as_bytes(), base: 0, ended: true };
                known.begin(None);
                let anew = *Near::new("").before(&text, text.bytes.len());
                prop_assert_eq!(known.before(&text, text.bytes.len()), &anew);
            }
        }
    }

    #[test]
    fn what_is_no_word_announces_nothing() {
        for text in ["", "hotel ", "nirvana ", "12345678", "telo 1"] {
            assert!(!words(text).say(Special::Phone), "{text}");
        }
        for text in ["Tel.: ", "tel=", "{\"tel\":", "homeTel ", "TEL_"] {
            assert!(words(text).say(Special::Phone), "{text}");
        }
    }
}
