//! All words that announce something, in one table.
//!
//! A position is looked up by four letters, so that the cost does not grow with the number of words. Separators and
//! the case do not count: `taxId`, `TAX_ID` and "Tax ID" are one word.

use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::concepts::{Concept, LONG, Languages, STEM, entries};
use crate::identifiers::RULES;
use crate::names::{CREDENTIALS, THINGS, WHOLE};
use crate::words::words;

const BITS: usize = 256;

/// A set of what is announced: a bit for each rule, and the special ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announced([u64; BITS / 64]);

/// What is announced and no rule of a number is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// A telephone number.
    Phone,
    /// A diagnosis.
    Diagnosis,
    /// A date of birth.
    Birth,
    /// The address from which a person came to a machine.
    Online,
}

impl Special {
    /// Its bit: the last ones.
    pub fn bit(self) -> usize {
        BITS - 1 - self as usize
    }

    fn of(concept: Concept) -> Option<Special> {
        match concept {
            Concept::PhoneNumber => Some(Special::Phone),
            Concept::Diagnosis => Some(Special::Diagnosis),
            Concept::DateOfBirth => Some(Special::Birth),
            _ => None,
        }
    }
}

impl Announced {
    /// One bit.
    pub fn one(bit: usize) -> Announced {
        let mut set = Announced::default();
        if let Some(word) = set.0.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
        set
    }

    /// All of both.
    pub fn add(&mut self, other: Announced) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
    }

    /// Whether `bit` is in it.
    pub fn has(&self, bit: usize) -> bool {
        self.0.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// Whether nothing is in both.
    pub fn is_disjoint(self, other: Announced) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & other == 0)
    }
}

/// Where a word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stands {
    /// As a word of its own.
    Alone,
    /// At the start of a word, with any ending.
    First,
    /// Within others too.
    Anywhere,
}

/// A word, folded and joined.
#[derive(Debug)]
pub struct Entry {
    pub word: Box<[u8]>,
    pub stands: Stands,
    /// Rules that it belongs to.
    pub own: Announced,
    /// Rules of which it speaks together with others.
    pub any: Announced,
    /// It speaks of orders, invoices, things.
    pub other: bool,
    /// A field so named holds something worth a look.
    pub tells: bool,
}

/// All words, by their first letters.
pub struct Table {
    entries: Vec<Entry>,
    filter: Filter,
    by_start: HashMap<u32, Vec<u16>, foldhash::fast::FixedState>,
}

/// Two bits for each hash of four letters: whether a word may start with them where words start, and elsewhere.
struct Filter(Vec<u32>);

impl Filter {
    const BITS: u32 = 16;

    fn new() -> Filter {
        Filter(vec![0; (1 << Filter::BITS) / 16])
    }

    fn place(start: u32) -> (usize, u32) {
        let hash = start.wrapping_mul(0x9E37_79B1) >> (32 - Filter::BITS);
        (hash as usize / 16, hash % 16 * 2)
    }

    fn add(&mut self, start: u32, anywhere: bool) {
        let (word, bit) = Filter::place(start);
        if let Some(word) = self.0.get_mut(word) {
            *word |= if anywhere { 0b10 } else { 0b01 } << bit;
        }
    }

    #[inline]
    fn has(&self, start: u32, begins: bool) -> bool {
        let (word, bit) = Filter::place(start);
        self.0.get(word).is_some_and(|word| word >> bit & (0b10 | u32::from(begins)) != 0)
    }
}

/// The table, made when it is first needed.
pub static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// What addresses are called from which persons come.
const ONLINE: [&str; 10] = [
    "clientip",
    "remoteip",
    "userip",
    "remoteaddr",
    "clientaddr",
    "forwardedfor",
    "visitorip",
    "loginip",
    "callerip",
    "customerip",
];

/// Longer own words of rules count within others.
const SHORT: usize = 5;

impl Table {
    fn new() -> Table {
        let mut gathered = Gathered::default();
        for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
            for word in rule.words {
                let word = words(word).concat();
                // What stands behind `AHVN13` is announced by its letters: no word goes on behind a digit.
                let word = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
                let stands = if word.len() > SHORT { Stands::Anywhere } else { Stands::Alone };
                gathered.add(word, stands, |entry| entry.own.add(Announced::one(bit)));
            }
        }
        for stem in CREDENTIALS {
            gathered.add(stem, Stands::Anywhere, |entry| entry.tells = true);
        }
        for word in THINGS.iter().flat_map(|(_, words)| *words) {
            let stands = if word.len() > WHOLE { Stands::Anywhere } else { Stands::Alone };
            gathered.add(word, stands, |entry| entry.tells = true);
        }
        for word in ONLINE {
            gathered.add(word, Stands::Anywhere, |entry| entry.any.add(Announced::one(Special::Online.bit())));
        }
        let mut any = Any::default();
        for (word, concept, languages) in entries() {
            let stands = match word.chars().count() {
                LONG.. => Stands::Anywhere,
                STEM.. => Stands::First,
                _ => Stands::Alone,
            };
            let announced = any.of(concept, languages);
            gathered.add(word, stands, |entry| {
                entry.any.add(announced);
                entry.other |= concept == Concept::Other;
                entry.tells |= concept.tells();
            });
        }
        Table::of(gathered.entries)
    }

    fn of(entries: Vec<Entry>) -> Table {
        let mut table = Table { entries: Vec::new(), filter: Filter::new(), by_start: HashMap::default() };
        for (index, entry) in entries.iter().enumerate() {
            let start = start(&entry.word);
            table.by_start.entry(start).or_default().push(u16::try_from(index).unwrap_or(u16::MAX));
            table.filter.add(start, entry.stands == Stands::Anywhere);
        }
        table.entries = entries;
        table
    }

    /// Whether a word may start with these four letters, where a word begins or within one.
    #[inline]
    pub fn may_start(&self, start: u32, begins: bool) -> bool {
        self.filter.has(start, begins)
    }

    /// The words that start with these letters, or are these, where they are fewer than four.
    pub fn starting(&self, start: u32) -> impl Iterator<Item = (u16, &Entry)> {
        let indices = self.by_start.get(&start).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| Some((*index, self.entries.get(usize::from(*index))?)))
    }

    /// One word.
    pub fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.get(usize::from(index))
    }
}

/// Words that are gathered, each once for each way to stand.
#[derive(Default)]
struct Gathered {
    entries: Vec<Entry>,
    known: HashMap<(String, Stands), usize, foldhash::fast::FixedState>,
}

impl Gathered {
    fn add(&mut self, word: &str, stands: Stands, speaks: impl FnOnce(&mut Entry)) {
        // No word goes on behind a digit.
        if word.len() < 2 || word.contains(|letter: char| letter.is_ascii_digit()) {
            return;
        }
        let index = *self.known.entry((word.to_owned(), stands)).or_insert_with(|| {
            self.entries.push(Entry {
                word: word.as_bytes().into(),
                stands,
                own: Announced::default(),
                any: Announced::default(),
                other: false,
                tells: false,
            });
            self.entries.len() - 1
        });
        if let Some(entry) = self.entries.get_mut(index) {
            speaks(entry);
        }
    }
}

/// What words of a concept announce in some languages, worked out once.
#[derive(Default)]
struct Any(HashMap<(Concept, Languages), Announced, foldhash::fast::FixedState>);

impl Any {
    fn of(&mut self, concept: Concept, languages: Languages) -> Announced {
        *self.0.entry((concept, languages)).or_insert_with(|| {
            let mut announced = Special::of(concept).map_or_else(Announced::default, |it| Announced::one(it.bit()));
            for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
                if rule.announced_by().contains(&concept) && languages.speak_in(rule.country) {
                    announced.add(Announced::one(bit));
                }
            }
            announced
        })
    }
}

/// The first four letters as a number; nothing stands for those that a shorter word does not have.
pub fn start(letters: &[u8]) -> u32 {
    let letter = |index: usize| letters.get(index).copied().map_or(0, u32::from);
    letter(0) | letter(1) << 8 | letter(2) << 16 | letter(3) << 24
}
