//! What was learnt, as a file: a line that says how long it is, and its sum, then JSON. A file that was torn while it was
//! written is known as such.

use std::hash::Hasher;

use cloister_detect::Category;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use thiserror::Error;

use super::sketch::Sketch;
use super::{Baselines, Learned, MOST, Reader};

const HEAD: &str = "cloister-baselines 1";

/// Why a file of baselines cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It is something else.
    #[error("this is no file of baselines")]
    Other,
    /// It was written in part.
    #[error("it was not written to its end")]
    Torn,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    policy: String,
    reader: String,
    store: String,
    category: String,
    within: u64,
    sketch: Sketch,
}

impl Baselines {
    /// As a text, always in the same order.
    pub fn write(&self) -> String {
        let mut all: Vec<(&Reader, &Learned)> = self.all.iter().collect();
        all.sort_by(|one, other| one.0.cmp(other.0));
        let lines: Vec<Line> = all.into_iter().map(|(reader, learned)| line(reader, learned)).collect();
        let body = serde_json::to_string(&lines).unwrap_or_default();
        format!("{HEAD} {} {:016x}\n{body}\n", body.len(), sum(&body))
    }

    /// Reads such a text; what follows its end does not matter.
    ///
    /// # Errors
    /// It is no such text, or not whole.
    pub fn read(text: &str) -> Result<Baselines, Unreadable> {
        if text.trim().is_empty() {
            return Ok(Baselines::default());
        }
        let (head, rest) = text.split_once('\n').ok_or(Unreadable::Other)?;
        let said = head.strip_prefix(HEAD).ok_or(Unreadable::Other)?;
        let mut said = said.split_whitespace();
        let length: usize = said.next().and_then(|word| word.parse().ok()).ok_or(Unreadable::Other)?;
        let expected = said.next().and_then(|word| u64::from_str_radix(word, 16).ok()).ok_or(Unreadable::Other)?;
        let body = rest.get(..length).filter(|body| sum(body) == expected).ok_or(Unreadable::Torn)?;
        let lines: Vec<Line> = serde_json::from_str(body).map_err(|_| Unreadable::Other)?;
        Ok(Baselines { all: lines.into_iter().take(MOST).filter_map(learned).collect() })
    }
}

fn line(reader: &Reader, learned: &Learned) -> Line {
    Line {
        policy: reader.policy.to_string(),
        reader: reader.reader.to_string(),
        store: reader.store.to_string(),
        category: reader.category.as_str().to_owned(),
        within: learned.within,
        sketch: learned.sketch.clone(),
    }
}

fn learned(line: Line) -> Option<(Reader, Learned)> {
    let category = Category::named(&line.category)?;
    let reader = Reader { policy: line.policy.into(), reader: line.reader.into(), store: line.store.into(), category };
    line.sketch.is_sound().then_some((reader, Learned { within: line.within, sketch: line.sketch }))
}

/// Against what is torn, not against who wants to deceive.
fn sum(body: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(body.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Baselines {
        let mut baselines = Baselines::default();
        for number in 0..40_u64 {
            let reader = Reader {
                policy: "p".into(),
                reader: format!("clinic/{}", number % 3).into(),
                store: "clinic-data/db".into(),
                category: Category::Health,
            };
            baselines.add(reader, 60_000_000, number * 60_000_000, number * 7, None);
        }
        baselines
    }

    #[test]
    fn what_is_written_is_read_again_and_what_is_torn_is_not() {
        let baselines = some();
        let text = baselines.write();
        assert_eq!(Baselines::read(&text), Ok(some()));
        assert_eq!(Baselines::read(&format!("{text}   older and longer")), Ok(baselines));
        assert_eq!(Baselines::read(""), Ok(Baselines::default()));
        assert_eq!(Baselines::read("something else\n"), Err(Unreadable::Other));
        for length in 30..text.len() - 2 {
            assert!(Baselines::read(text.get(..length).unwrap()).is_err(), "{length}");
        }
    }
}
