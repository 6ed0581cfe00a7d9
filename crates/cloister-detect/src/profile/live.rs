//! Rules and neighbours where values pass: each is decided as it comes, by what stands before it in its record. What
//! follows it cannot be waited for.

use std::collections::VecDeque;

use super::custom::{Custom, surer};
use super::records::{LINES, MOST_PARTS};
use super::rule::Combined;
use super::{Owners, Several, Sight, Within};
use crate::detection::{Category, Confidence, Detection};

/// A rule was met by a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// Whose rule.
    pub owner: usize,
    /// Its name.
    pub kind: &'static str,
    /// The category of the whole.
    pub category: Category,
    /// How sure the least sure part is.
    pub confidence: Confidence,
    /// It was not met in this record before.
    pub first: bool,
}

/// What is remembered of one message.
#[derive(Debug, Default)]
pub struct Live {
    /// By owner.
    owners: Vec<OfOwner>,
}

#[derive(Debug, Default)]
struct OfOwner {
    /// What may stand beside what follows.
    past: VecDeque<Part>,
    /// By rule.
    rules: Vec<OfRule>,
}

#[derive(Debug, Default)]
struct OfRule {
    parts: VecDeque<Part>,
    /// Where it was last met anew.
    met: Option<Spot>,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    record: Option<u64>,
    line: u64,
    offset: usize,
}

#[derive(Clone, Debug)]
struct Part {
    sort: usize,
    spot: Spot,
    detection: Detection,
}

impl Live {
    /// The next value of a message, in order, within this record (none in a text) and on this line. A neighbour may make
    /// it surer; says which rules are met with it.
    pub fn take(&mut self, several: &Several, sight: &mut Sight, record: Option<u64>, line: u64, met: &mut Vec<Met>) {
        let spot = Spot { record, line, offset: sight.detection().offset };
        for (number, profile) in several.iter().filter(|(_, profile)| profile.looks_back()) {
            if !sight.counts_for.has(number) {
                continue;
            }
            if self.owners.len() <= number {
                self.owners.resize_with(number + 1, OfOwner::default);
            }
            let Some(of_owner) = self.owners.get_mut(number) else { continue };
            let custom = sight.custom().filter(|(owner, _)| *owner == number).map(|(_, index)| index);
            if let Some(custom) = custom.and_then(|index| profile.detectors.get(index))
                && of_owner.beside(spot).any(|part| custom.is_surer_beside(&part.detection))
            {
                let detection = sight.detection_mut();
                detection.confidence = surer(detection.confidence);
                detection.reason = "by its pattern, and what stands before it";
            }
            if profile.detectors.iter().any(Custom::looks_around) {
                of_owner.remember(spot, sight.detection());
            }
            of_owner.rules.resize_with(profile.rules.len(), OfRule::default);
            for (rule, of_rule) in profile.rules.iter().zip(&mut of_owner.rules) {
                met.extend(of_rule.take(rule, spot, sight.detection()).map(|met| Met { owner: number, ..met }));
            }
        }
    }
}

impl OfOwner {
    fn beside(&self, spot: Spot) -> impl Iterator<Item = &Part> {
        self.past.iter().filter(move |part| part.spot.is_near(spot, Within::default()))
    }

    fn remember(&mut self, spot: Spot, detection: &Detection) {
        self.past.retain(|part| part.spot.is_near(spot, Within::default()));
        if self.past.len() == MOST_PARTS {
            self.past.pop_front();
        }
        self.past.push_back(Part { sort: 0, spot, detection: detection.clone() });
    }
}

impl Spot {
    /// Whether both stand in one record, and as near as is asked.
    fn is_near(self, other: Spot, within: Within) -> bool {
        let lines = match self.record {
            Some(_) => within.lines,
            None => within.lines.or(within.bytes.is_none().then_some(LINES)),
        };
        self.record == other.record
            && lines.is_none_or(|most| self.line.abs_diff(other.line) <= most)
            && within.bytes.is_none_or(|most| self.offset.abs_diff(other.offset) as u64 <= most)
    }
}

impl OfRule {
    fn take(&mut self, rule: &Combined, spot: Spot, detection: &Detection) -> Option<Met> {
        let sort = rule.sort_of(detection)?;
        self.parts.retain(|part| part.spot.is_near(spot, rule.within));
        // A million of one kind say no more than the newest of it.
        self.parts.retain(|part| part.sort != sort);
        self.parts.push_back(Part { sort, spot, detection: detection.clone() });
        if self.parts.len() < rule.least {
            return None;
        }
        let parts = || self.parts.iter().map(|part| &part.detection);
        // Special categories come last in their order.
        let worst = parts().map(|part| part.category).max_by_key(|category| (category.is_special(), *category));
        let first = self.met.is_none_or(|met| !met.is_near(spot, rule.within));
        if first {
            self.met = Some(spot);
        }
        Some(Met {
            owner: Owners::NONE,
            kind: rule.kind,
            category: rule.category.or(worst)?,
            confidence: parts().map(|part| part.confidence).min()?,
            first,
        })
    }
}
