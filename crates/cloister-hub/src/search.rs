//! Words, looked for in many short texts at once.

use std::sync::Arc;

use cloister_model::ResourceRef;
use cloister_report::words;
use memchr::memmem;

use crate::read::Finding;

/// What findings say and resources are called, in small letters.
#[derive(Debug)]
pub struct Search {
    /// In the order of the findings.
    pub findings: Texts,
    /// In the order of the resources.
    pub resources: Texts,
}

impl Search {
    /// Of these.
    pub fn of<'k>(findings: &[Arc<Finding>], resources: impl Iterator<Item = &'k Arc<ResourceRef>>) -> Search {
        let mut search = Search { findings: Texts::default(), resources: Texts::default() };
        for finding in findings {
            let resource = finding.resource.as_deref().map(words::resource).unwrap_or_default();
            let file = finding.location.as_ref().map_or("", |place| &*place.file);
            search.findings.add(&[&*finding.id, &finding.check, &resource, file, &finding.message]);
        }
        resources.for_each(|one| search.resources.add(&[&words::resource(one)]));
        search
    }
}

/// Words as they are looked for: each has to be there.
pub fn words_of(query: &str) -> Vec<String> {
    query.split_whitespace().map(small).collect()
}

/// In small letters, each by itself: what a letter becomes must not hang on where the word ends.
pub fn small(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().flat_map(char::to_lowercase).collect() }
}

/// Texts in small letters, one behind the other.
#[derive(Debug, Default)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    /// One more, in parts: no word stands across two.
    fn add(&mut self, parts: &[&str]) {
        for part in parts {
            let start = self.all.len();
            if part.is_ascii() {
                self.all.push_str(part);
                self.all.get_mut(start..).unwrap_or_default().make_ascii_lowercase();
            } else {
                self.all.push_str(&small(part));
            }
            self.all.push('\n');
        }
        self.ends.push(self.all.len());
    }

    /// The places of the texts that hold each of the words, in their order. The longest is looked for in all at once, for most of
    /// them do not hold it.
    pub fn find<'s>(&'s self, words: &'s [String]) -> impl Iterator<Item = usize> + 's {
        let rarest = words.iter().max_by_key(|word| word.len()).map_or("", String::as_str);
        let finder = memmem::Finder::new(rarest).into_owned();
        let (mut at, mut start) = (0, 0);
        std::iter::from_fn(move || {
            while at < self.ends.len() {
                let found = start + finder.find(self.all.as_bytes().get(start..)?)?;
                let here = at + self.ends.get(at..)?.partition_point(|end| *end <= found);
                let from = here.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
                let end = *self.ends.get(here)?;
                (at, start) = (here + 1, end);
                let text = self.all.get(from..end)?;
                if words.iter().all(|word| text.contains(word.as_str())) {
                    return Some(here);
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn found_is_what_holds_each_word(
            texts in proptest::collection::vec(proptest::collection::vec("[abAÄẞİ東σΣ -]{0,9}", 1..3), 0..12),
            query in "[abÄßi東σ -]{0,5}",
        ) {
            let mut all = Texts::default();
            for text in &texts {
                all.add(&text.iter().map(String::as_str).collect::<Vec<_>>());
            }
            let words = words_of(&query);
            let small: Vec<String> = texts.iter().map(|parts| small(&parts.join("\n"))).collect();
            let holds = |at: &usize| words.iter().all(|word| small[*at].contains(word.as_str()));
            let expected: Vec<usize> = (0..texts.len()).filter(holds).collect();
            prop_assert_eq!(all.find(&words).collect::<Vec<_>>(), expected);
        }
    }
}
