//! All words that announce something, in one table.
//!
//! A position is looked up by four letters, so that the cost does not grow with the number of words. Separators and
//! the case do not count: `taxId`, `TAX_ID` and "Tax ID" are one word.

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::concepts::{Concept, LONG, Languages, STEM, entries};
use crate::identifiers::RULES;
use crate::names::{CREDENTIALS, THINGS, WHOLE};
use crate::words::words;

const BITS: usize = 256;

/// A set of what is announced: a bit for each rule, and the special ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// As a word of its own.
    Alone,
    /// At the start of a word, with any ending.
    First,
    /// Within others too.
    Anywhere,
}

/// A word, folded and joined.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub word: &'static [u8],
    /// Its first four letters, as [`start`] has them.
    start: u32,
    pub stands: Stands,
    /// Rules that it belongs to: a number of [`Table::set`].
    pub own: u16,
    /// Rules of which it speaks together with others: likewise.
    pub any: u16,
    /// It speaks of orders, invoices, things.
    pub other: bool,
    /// A field so named holds something worth a look.
    pub tells: bool,
}

/// All words, by their first letters. They lie where the program lies; what is made of them is small, for every scan
/// that meets a number makes it.
pub struct Table {
    /// By the bucket of their first letters.
    entries: Vec<Entry>,
    /// Where each bucket starts among them, and behind the last one where it ends.
    buckets: Vec<u16>,
    sets: Sets,
    filter: Filter,
}

/// Of the hash of four letters, how many bits name a bucket.
const BUCKET: u32 = 12;

/// Two bits for each hash of four letters: whether a word may start with them where words start, and elsewhere.
struct Filter(Box<[u32; 1 << Filter::BITS >> 4]>);

impl Filter {
    const BITS: u32 = 16;

    fn new() -> Filter {
        Filter(Box::new([0; 1 << Filter::BITS >> 4]))
    }

    fn place(start: u32) -> (usize, u32) {
        let hash = hash(start) >> (32 - Filter::BITS);
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

fn hash(start: u32) -> u32 {
    start.wrapping_mul(0x9E37_79B1)
}

fn bucket(start: u32) -> usize {
    (hash(start) >> (32 - BUCKET)) as usize
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
        gathered.own_words();
        for stem in CREDENTIALS {
            gathered.add(stem.as_bytes(), Stands::Anywhere, |entry| entry.tells = true);
        }
        for word in THINGS.iter().flat_map(|(_, words)| *words) {
            let stands = if word.len() > WHOLE { Stands::Anywhere } else { Stands::Alone };
            gathered.add(word.as_bytes(), stands, |entry| entry.tells = true);
        }
        let online = gathered.sets.number(Announced::one(Special::Online.bit()));
        for word in ONLINE {
            gathered.add(word.as_bytes(), Stands::Anywhere, |entry| entry.any = online);
        }
        let mut any = Any::default();
        for (word, concept, languages) in entries() {
            let stands = match word.chars().count() {
                LONG.. => Stands::Anywhere,
                STEM.. => Stands::First,
                _ => Stands::Alone,
            };
            let announced = any.of(concept, languages, &mut gathered.sets);
            gathered.add(word.as_bytes(), stands, |entry| {
                entry.any = announced;
                entry.other = concept == Concept::Other;
                entry.tells = concept.tells();
            });
        }
        gathered.table()
    }

    /// Whether a word may start with these four letters, where a word begins or within one.
    #[inline]
    pub fn may_start(&self, start: u32, begins: bool) -> bool {
        self.filter.has(start, begins)
    }

    /// The words that start with these letters, or are these, where they are fewer than four.
    pub fn starting(&self, letters: u32) -> impl Iterator<Item = (u16, &Entry)> {
        let bucket = bucket(letters);
        let end = |index: usize| self.buckets.get(index).copied().unwrap_or_default();
        let within = (end(bucket)..end(bucket + 1)).filter_map(|index| Some((index, self.entry(index)?)));
        within.filter(move |(_, entry)| entry.start == letters)
    }

    /// One word.
    pub fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.get(usize::from(index))
    }

    /// What a word announces: one of its numbers.
    pub fn set(&self, number: u16) -> Announced {
        self.sets.all.get(usize::from(number)).copied().unwrap_or_default()
    }
}

/// What is announced, each set once; the first is empty.
struct Sets {
    all: Vec<Announced>,
    known: HashMap<Announced, u16, FixedState>,
}

impl Default for Sets {
    fn default() -> Sets {
        let mut sets = Sets { all: Vec::new(), known: HashMap::default() };
        sets.number(Announced::default());
        sets
    }
}

impl Sets {
    fn number(&mut self, set: Announced) -> u16 {
        let next = u16::try_from(self.all.len()).unwrap_or(u16::MAX);
        let number = *self.known.entry(set).or_insert(next);
        if number == next {
            self.all.push(set);
        }
        number
    }

    fn join(&mut self, one: u16, other: u16) -> u16 {
        if one == 0 || one == other {
            return other;
        }
        let set = |number: u16| self.all.get(usize::from(number)).copied().unwrap_or_default();
        let mut both = set(one);
        both.add(set(other));
        self.number(both)
    }
}

/// Words that are gathered.
#[derive(Default)]
struct Gathered {
    entries: Vec<Entry>,
    sets: Sets,
}

impl Gathered {
    fn add(&mut self, word: &'static [u8], stands: Stands, speaks: impl FnOnce(&mut Entry)) {
        // No word goes on behind a digit.
        if word.len() < 2 || word.iter().any(u8::is_ascii_digit) {
            return;
        }
        let mut entry = Entry { word, start: start(word), stands, own: 0, any: 0, other: false, tells: false };
        speaks(&mut entry);
        self.entries.push(entry);
    }

    /// Words that belong to one rule. Folded they lie nowhere in the program: they are kept, as the table is.
    fn own_words(&mut self) {
        let rules = || RULES.iter().copied().flatten();
        // What stands behind `AHVN13` is announced by its letters: no word goes on behind a digit.
        let folded =
            |word: &&str| words(word).concat().trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
        let mut letters: &'static str = rules().flat_map(|rule| rule.words).map(folded).collect::<String>().leak();
        for (bit, rule) in rules().enumerate() {
            let own = self.sets.number(Announced::one(bit));
            for word in rule.words {
                let Some((word, rest)) = letters.split_at_checked(folded(word).len()) else { return };
                letters = rest;
                let stands = if word.len() > SHORT { Stands::Anywhere } else { Stands::Alone };
                self.add(word.as_bytes(), stands, |entry| entry.own = own);
            }
        }
    }

    /// The table of them, each once for each way to stand.
    fn table(self) -> Table {
        let Gathered { mut entries, mut sets } = self;
        entries.sort_unstable_by_key(|entry| (bucket(entry.start), entry.word, entry.stands));
        entries.dedup_by(|other, first| {
            let same = other.word == first.word && other.stands == first.stands;
            if same {
                first.own = sets.join(first.own, other.own);
                first.any = sets.join(first.any, other.any);
                first.other |= other.other;
                first.tells |= other.tells;
            }
            same
        });
        entries.shrink_to_fit();
        let mut filter = Filter::new();
        let mut buckets = vec![0; (1 << BUCKET) + 1];
        for entry in &entries {
            filter.add(entry.start, entry.stands == Stands::Anywhere);
            buckets.get_mut(bucket(entry.start) + 1).into_iter().for_each(|ends: &mut u16| *ends += 1);
        }
        let mut sum = 0;
        for ends in &mut buckets {
            sum += *ends;
            *ends = sum;
        }
        sets.known = HashMap::default();
        Table { entries, buckets, sets, filter }
    }
}

/// What words of a concept announce in some languages, worked out once.
#[derive(Default)]
struct Any(HashMap<(Concept, Languages), u16, FixedState>);

impl Any {
    fn of(&mut self, concept: Concept, languages: Languages, sets: &mut Sets) -> u16 {
        *self.0.entry((concept, languages)).or_insert_with(|| {
            let mut announced = Special::of(concept).map_or_else(Announced::default, |it| Announced::one(it.bit()));
            for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
                if rule.announced_by().contains(&concept) && languages.speak_in(rule.country) {
                    announced.add(Announced::one(bit));
                }
            }
            sets.number(announced)
        })
    }
}

/// The first four letters as a number; nothing stands for those that a shorter word does not have.
pub fn start(letters: &[u8]) -> u32 {
    let letter = |index: usize| letters.get(index).copied().map_or(0, u32::from);
    letter(0) | letter(1) << 8 | letter(2) << 16 | letter(3) << 24
}
