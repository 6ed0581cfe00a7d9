//! Words with their numbers, each kept once and all in one piece of memory: in a large log every name may be another.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

#[derive(Debug, Default)]
pub struct Words {
    text: Vec<u8>,
    /// Where the word of each number ends.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Words {
    /// The number of a word, which is kept where it is new.
    pub fn number(&mut self, word: &[u8]) -> u32 {
        let (text, ends) = (&self.text, &self.ends);
        let found = self.numbers.find(hash(word), |number| get(text, ends, *number) == word);
        if let Some(&number) = found {
            return number;
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.extend_from_slice(word);
        self.ends.push(self.text.len());
        let (text, ends) = (&self.text, &self.ends);
        self.numbers.insert_unique(hash(word), number, |number| hash(get(text, ends, *number)));
        number
    }

    /// The word of a number; empty where there is none.
    pub fn get(&self, number: u32) -> &[u8] {
        get(&self.text, &self.ends, number)
    }

    /// The same, as text. Words come from JSON, which is UTF-8.
    pub fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.get(number)).unwrap_or_default()
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|at| self.get(u32::try_from(at).unwrap_or(u32::MAX)))
    }
}

fn get<'w>(text: &'w [u8], ends: &[usize], number: u32) -> &'w [u8] {
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(at).and_then(|end| text.get(start..*end)).unwrap_or_default()
}

fn hash(word: &[u8]) -> u64 {
    FixedState::default().hash_one(word)
}
