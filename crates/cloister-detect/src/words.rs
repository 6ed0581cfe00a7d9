//! Words of names and of the text before a value, whatever way they are written:
//! `taxId`, `TAX_ID`, `tax-id` and "Tax ID" are the same two words.

use crate::concepts::{Concept, Hit, hits};
pub use crate::fold::{plain, words};

/// The words around a value, to look others up in.
#[derive(Debug, Default)]
pub struct Context {
    words: Vec<String>,
    joined: String,
    hits: Vec<Hit>,
}

impl Context {
    /// The context that `text` gives.
    pub fn new(text: &str) -> Context {
        let words = words(text);
        let joined = words.concat();
        let hits = hits(&words, &joined);
        Context { words, joined, hits }
    }

    /// What the last word speaks of, in the name of a field: of several, the one that says most.
    pub fn last(&self) -> Option<Concept> {
        let last = self.joined.len() - self.words.last().map_or(0, String::len);
        let ending = self.hits.iter().filter(|hit| hit.end > last);
        ending.max_by_key(|hit| (hit.end, hit.end - hit.start)).map(|hit| hit.concept)
    }
}

/// What the table of words is held against.
#[cfg(test)]
impl Context {
    /// Where the last word ends that speaks of things, not of persons.
    fn other(&self) -> usize {
        self.hits.iter().filter(|hit| hit.concept == Concept::Other).map(|hit| hit.end).max().unwrap_or(0)
    }

    /// Whether a word of this concept announces what follows: the last one that does speaks of persons.
    pub fn announces(&self, concept: Concept) -> bool {
        self.hits.iter().any(|hit| hit.concept == concept && hit.end >= self.other())
    }

    /// Whether such a word announces it in a language of one of these countries.
    pub fn announces_in(&self, concept: Concept, countries: &str) -> bool {
        let mut hits = self.hits.iter().filter(|hit| hit.concept == concept && hit.end >= self.other());
        hits.any(|hit| hit.languages.speak_in(countries))
    }

    /// Whether `word` stands here: a short one as a word of its own (or several
    /// joined), a longer one within others too.
    pub fn has(&self, word: &str) -> bool {
        if word.len() > 5 {
            return self.joined.contains(word);
        }
        self.words.iter().any(|own| own == word)
            || self.words.windows(2).any(|pair| matches!(pair, [a, b] if word.strip_prefix(a.as_str()) == Some(b)))
    }

    /// Whether any of `words` stands here.
    pub fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }
}
