//! What was found in a file, counted: bounded, whatever the file holds.

use std::collections::BTreeMap;

use cloister_detect::document::Reported;
use cloister_detect::{Category, Confidence};

/// Places of which a summary speaks.
const PLACES: usize = 4;

/// Detections of one kind in one file.
#[derive(Clone, Debug)]
pub struct Row {
    pub title: &'static str,
    pub count: u64,
    pub confidence: Confidence,
    /// Paths without indexes, the first that were met.
    pub places: Vec<String>,
    /// There are more.
    pub more: bool,
    pub first_line: u64,
    pub together: bool,
}

/// One file.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub file: String,
    pub format: &'static str,
    pub rows: BTreeMap<(Category, &'static str), Row>,
    /// Values made for tests: they are no finding.
    pub test_data: u64,
    pub allowed: u64,
}

impl Summary {
    /// Counts one more.
    pub fn add(&mut self, one: &Reported) {
        if one.test_data {
            self.test_data += 1;
            return;
        }
        let row = self.rows.entry((one.category, one.kind)).or_insert_with(|| Row {
            title: one.title,
            count: 0,
            confidence: one.confidence,
            places: Vec::new(),
            more: false,
            first_line: one.line,
            together: !one.members.is_empty(),
        });
        row.count += 1;
        row.confidence = row.confidence.max(one.confidence);
        if !row.places.contains(&one.shape) {
            if row.places.len() < PLACES {
                row.places.push(one.shape.clone());
            } else {
                row.more = true;
            }
        }
    }

    /// How many detections it has.
    pub fn count(&self) -> u64 {
        self.rows.values().map(|row| row.count).sum()
    }

    /// Whether something of a special category, or of convictions, is in it.
    pub fn is_special(&self) -> bool {
        self.rows.keys().any(|(category, _)| is_special(*category))
    }

    /// Whether something of people is in it.
    pub fn is_personal(&self) -> bool {
        self.rows.keys().any(|(category, _)| category.is_personal())
    }
}

/// Special categories (Art. 9), and convictions (Art. 10), which are ranked with them.
pub fn is_special(category: Category) -> bool {
    category.is_special() || category == Category::Convictions
}
