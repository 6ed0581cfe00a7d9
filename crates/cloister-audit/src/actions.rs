//! Who did what, as numbers of words: what there is one of for each action of each user is kept small.

use std::hash::BuildHasher;

use cloister_rbac::{Action, ResourceAction};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use jiff::Timestamp;

use crate::words::Words;

/// What a request asks for; borrowed from its event.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Asked<'e> {
    Resource {
        verb: &'e str,
        group: &'e str,
        resource: &'e str,
        subresource: &'e str,
        name: &'e str,
        namespace: &'e str,
    },
    Url {
        verb: &'e str,
        path: &'e str,
    },
}

impl Asked<'_> {
    /// The same in every log.
    pub fn digest(&self) -> u64 {
        FixedState::default().hash_one(self)
    }
}

/// The identity, and the words of the action: verb, group, resource, subresource, name and namespace, or verb and path.
type Key = [u32; 7];

/// In the place of a word that a path does not have.
const NONE: u32 = u32::MAX;

/// How often something was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// How many requests in the window.
    pub requests: u64,
    /// When last.
    pub last: Moment,
    /// Why it was allowed then: a number of the log's reasons.
    pub reason: u32,
    /// In the window, if only as one that has not ended.
    pub in_window: bool,
}

impl Counted {
    pub fn take(&mut self, other: &Counted, reason: u32) {
        self.requests += other.requests;
        self.in_window |= other.in_window;
        if other.last >= self.last {
            self.last = other.last;
            self.reason = reason;
        }
    }
}

/// Microseconds since 1970, as servers write them; or none, before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Default for Moment {
    fn default() -> Moment {
        Moment(i64::MIN)
    }
}

impl From<Option<Timestamp>> for Moment {
    fn from(time: Option<Timestamp>) -> Moment {
        time.map_or_else(Moment::default, |time| Moment(time.as_microsecond()))
    }
}

impl Moment {
    pub fn time(self) -> Option<Timestamp> {
        // The smallest number is no time of jiff's.
        Timestamp::from_microsecond(self.0).ok()
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Row {
    key: Key,
    pub counted: Counted,
}

impl Row {
    pub fn identity(&self) -> u32 {
        let [identity, ..] = self.key;
        identity
    }
}

/// Each action of each identity once.
#[derive(Debug, Default)]
pub struct Actions {
    words: Words,
    pub rows: Vec<Row>,
    numbers: HashTable<u32>,
}

impl Actions {
    /// The number of its row.
    pub fn number(&mut self, identity: u32, asked: &Asked<'_>) -> u32 {
        let mut word = |word: &str| self.words.number(word.as_bytes());
        let key = match *asked {
            Asked::Resource { verb, group, resource, subresource, name, namespace } => {
                [identity, word(verb), word(group), word(resource), word(subresource), word(name), word(namespace)]
            }
            Asked::Url { verb, path } => [identity, word(verb), word(path), NONE, NONE, NONE, NONE],
        };
        self.number_of(key)
    }

    fn number_of(&mut self, key: Key) -> u32 {
        let rows = &self.rows;
        let key_of = |number: u32| row(rows, number).map(|row| row.key).unwrap_or_default();
        if let Some(&number) = self.numbers.find(hash(&key), |number| key_of(*number) == key) {
            return number;
        }
        let number = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        self.numbers.insert_unique(hash(&key), number, |number| hash(&key_of(*number)));
        self.rows.push(Row { key, counted: Counted::default() });
        number
    }

    /// The row of a number.
    pub fn row(&self, number: u32) -> Option<&Row> {
        row(&self.rows, number)
    }

    pub fn counted(&mut self, number: u32) -> Option<&mut Counted> {
        usize::try_from(number).ok().and_then(|at| self.rows.get_mut(at)).map(|row| &mut row.counted)
    }

    /// What is done.
    pub fn action(&self, row: &Row) -> Action {
        let [_, verb, group, resource, subresource, name, namespace] = row.key;
        let word = |number: u32| self.words.text(number).to_owned();
        if namespace == NONE {
            return Action::Url { verb: word(verb), path: word(group) };
        }
        Action::Resource(ResourceAction {
            verb: word(verb),
            group: word(group),
            resource: word(resource),
            subresource: word(subresource),
            name: word(name),
            namespace: word(namespace),
            node: String::new(),
        })
    }

    /// Adds those of another log, whose identities and reasons have these numbers here. The numbers of its rows here.
    pub fn merge(&mut self, other: &Actions, identities: &[u32], reasons: &[u32]) -> Vec<u32> {
        let words: Vec<u32> = other.words.iter().map(|word| self.words.number(word)).collect();
        let merged = other.rows.iter().map(|theirs| {
            let [identity, ref asked @ ..] = theirs.key;
            let mut key = [nth(identities, identity); 7];
            for (ours, theirs) in key.iter_mut().skip(1).zip(asked) {
                *ours = if *theirs == NONE { NONE } else { nth(&words, *theirs) };
            }
            let number = self.number_of(key);
            if let Some(counted) = self.counted(number) {
                counted.take(&theirs.counted, nth(reasons, theirs.counted.reason));
            }
            number
        });
        merged.collect()
    }
}

fn row(rows: &[Row], number: u32) -> Option<&Row> {
    usize::try_from(number).ok().and_then(|at| rows.get(at))
}

/// What another log's number is here.
pub fn nth(numbers: &[u32], number: u32) -> u32 {
    usize::try_from(number).ok().and_then(|at| numbers.get(at)).copied().unwrap_or_default()
}

fn hash(key: &Key) -> u64 {
    FixedState::default().hash_one(key)
}
