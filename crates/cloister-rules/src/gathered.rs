//! The same who and what within a time is one detection, with a count.

use foldhash::HashMap;
use jiff::Timestamp;

use crate::Detection;
use crate::rules::Rules;

/// What became of a detection that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is a new one, at this place.
    New(usize),
    /// It was counted to the one at this place.
    Again(usize),
    /// There are as many as are kept.
    Full,
}

/// Detections, gathered: in the order in which they first came.
#[derive(Debug)]
pub struct Gathered {
    detections: Vec<Detection>,
    /// The latest of each fingerprint.
    latest: HashMap<String, usize>,
    most: usize,
    /// Detections beyond what is kept.
    pub dropped: u64,
}

impl Gathered {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Gathered {
        Gathered { detections: Vec::new(), latest: HashMap::default(), most, dropped: 0 }
    }

    /// Adds one that these rules found.
    pub fn add(&mut self, rules: &Rules, detection: Detection) -> Kept {
        let fingerprint = detection.fingerprint();
        if let Some(&at) = self.latest.get(&fingerprint)
            && let Some(open) = self.detections.get_mut(at)
            && rules.belong(open, &detection)
        {
            open.add(&detection);
            return Kept::Again(at);
        }
        if self.detections.len() >= self.most {
            self.dropped += 1;
            return Kept::Full;
        }
        self.latest.insert(fingerprint, self.detections.len());
        self.detections.push(detection);
        Kept::New(self.detections.len() - 1)
    }

    /// All that are kept.
    pub fn detections(&self) -> &[Detection] {
        &self.detections
    }

    /// Takes all, the earliest first.
    pub fn finish(mut self) -> Vec<Detection> {
        // Equal times stay in the order in which they came.
        self.detections.sort_by_key(|detection| detection.at);
        self.detections
    }
}

impl Rules {
    /// Whether a detection that came later, of the same fingerprint, is counted to one that is open.
    pub fn belong(&self, open: &Detection, later: &Detection) -> bool {
        let together = self.rule(&later.rule).map_or(0, |rule| rule.together);
        is_within(open.at, later.at, together)
    }
}

/// Whether two times are no further apart; events that do not say when belong together.
fn is_within(one: Option<Timestamp>, other: Option<Timestamp>, together: i64) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (other.as_microsecond() - one.as_microsecond()).abs() <= together,
        (one, other) => one == other,
    }
}
