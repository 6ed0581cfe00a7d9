//! The same who and what within a time is one detection, with a count: whoever tries a thousand times fills no record.

use std::collections::HashMap;

use cloister_rules::Rules;
use serde::{Deserialize, Serialize};

use super::{By, Detection};

/// So many detections may be added to.
const MOST: usize = 4096;

/// Detections that may be added to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Groups {
    all: HashMap<String, Group>,
    tick: u64,
}

/// One of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Group {
    /// As far as it has come.
    pub detection: Detection,
    /// The count that was recorded last.
    pub said: u64,
    tick: u64,
}

/// The same for those that may belong together.
pub fn key(detection: &Detection) -> String {
    match detection.by {
        By::Audit => detection.seen.fingerprint(),
        By::Sensor => detection.id.clone(),
    }
}

impl Groups {
    /// Whether there is one that it is added to.
    pub fn belongs(&self, rules: &Rules, later: &Detection) -> bool {
        self.all.get(&key(later)).is_some_and(|group| match later.by {
            By::Audit => rules.belong(&group.detection.seen, &later.seen),
            By::Sensor => true,
        })
    }

    /// Adds to the one that it belongs to.
    pub fn add(&mut self, later: &Detection) {
        self.tick += 1;
        let Some(group) = self.all.get_mut(&key(later)) else { return };
        group.tick = self.tick;
        match later.by {
            By::Audit => group.detection.seen.add(&later.seen),
            // A sensor tells what it has seen altogether.
            By::Sensor => group.detection.seen = later.seen.clone(),
        }
    }

    /// Opens one, in the place of an older one of the same who and what.
    pub fn open(&mut self, detection: Detection, said: u64) {
        self.tick += 1;
        self.all.insert(key(&detection), Group { detection, said, tick: self.tick });
        if self.all.len() > MOST {
            let mut ticks: Vec<u64> = self.all.values().map(|group| group.tick).collect();
            let middle = ticks.len() / 2;
            let (_, median, _) = ticks.select_nth_unstable(middle);
            let median = *median;
            // Those that say more than is recorded stay until it is.
            self.all.retain(|_, group| group.tick >= median || group.is_behind());
        }
    }

    /// Those that say more than was recorded.
    pub fn behind(&mut self) -> impl Iterator<Item = &mut Group> {
        self.all.values_mut().filter(|group| group.is_behind())
    }
}

impl Group {
    fn is_behind(&self) -> bool {
        self.detection.seen.count != self.said
    }
}
