//! A category or a kind, by its name.

use super::Faults;
use crate::catalogue::known;
use crate::detection::{Category, Detection};

/// What detections are sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    Category(Category),
    Kind(String),
}

impl Sort {
    /// Whether a detection is of this sort.
    pub fn fits(&self, detection: &Detection) -> bool {
        match self {
            Sort::Category(category) => detection.category == *category,
            Sort::Kind(kind) => detection.kind == kind,
        }
    }
}

/// The sorts of these names; `own` are kinds of the profile itself.
pub fn sorts(words: &[String], own: &[&str], path: &str, faults: &mut Faults) -> Vec<Sort> {
    let all = known();
    let sort = |word: &str| {
        let is_kind = own.contains(&word) || all.iter().any(|known| known.kind == word);
        Category::named(word).map(Sort::Category).or_else(|| is_kind.then(|| Sort::Kind(word.to_owned())))
    };
    let mut sorts = Vec::new();
    for word in words {
        match sort(word) {
            Some(sort) => sorts.push(sort),
            None => faults.add(
                path,
                format!("\"{word}\" is no category and no kind"),
                "`cloister detect kinds` lists them; detectors of the same profile count too",
            ),
        }
    }
    sorts
}
