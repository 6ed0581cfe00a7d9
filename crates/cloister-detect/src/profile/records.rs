//! Detections within their records: what is surer beside others, and what matters together.

use std::collections::VecDeque;

use super::custom::{Custom, surer};
use super::rule::Combined;
use super::{Profile, Within};
use crate::detection::{Category, Confidence, Detection};

/// In texts, what stands within so many lines of each other belongs together.
pub(super) const LINES: u64 = 5;
/// Never more wait for their neighbours.
const MOST_WAITING: usize = 1024;
/// Never more parts are remembered for a rule.
pub(super) const MOST_PARTS: usize = 256;

/// A detection in its place.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// What was recognised.
    pub detection: Detection,
    /// Which detector of the profile found it.
    pub(super) custom: Option<usize>,
    /// The row, object or tuple; none in a text.
    pub record: Option<u64>,
    /// Its line, from 1.
    pub line: u64,
    /// What else the caller knows of it.
    pub extra: T,
}

impl Placed<()> {
    /// One of a text.
    pub fn new(detection: Detection) -> Placed<()> {
        Placed { detection, custom: None, record: None, line: 0, extra: () }
    }

    /// The same in its place, with what else is known of it.
    pub fn at<T>(self, record: Option<u64>, line: u64, extra: T) -> Placed<T> {
        Placed { detection: self.detection, custom: self.custom, record, line, extra }
    }
}

/// A part of what matters together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its kind.
    pub kind: &'static str,
    /// Its category.
    pub category: Category,
    /// Its line, from 1.
    pub line: u64,
    /// Where it starts, in bytes.
    pub offset: usize,
    /// How long it is, in bytes.
    pub length: usize,
}

/// What matters together: a rule was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// The rule's name.
    pub kind: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// The category of the whole.
    pub category: Category,
    /// How sure the least sure part is.
    pub confidence: Confidence,
    /// Whether a part was made for tests.
    pub test_data: bool,
    /// The parts, in order.
    pub members: Vec<Member>,
}

/// What comes out.
#[derive(Clone, Debug)]
pub enum Judged<T> {
    /// A detection, with what is known of it; thresholds are not applied.
    Value(Detection, T),
    /// A rule was met, by the value before it.
    Together(Together),
}

/// Puts detections, which come in order, together by their records.
#[derive(Debug)]
pub struct Records<'p, T> {
    profile: &'p Profile,
    /// Whether any detector asks what stands behind it.
    looks_around: bool,
    waiting: VecDeque<Placed<T>>,
    /// What was given out, and may stand beside what follows.
    past: VecDeque<Placed<()>>,
    parts: Vec<Parts>,
}

/// What is met of one rule.
#[derive(Debug, Default)]
struct Parts {
    parts: VecDeque<(usize, Placed<()>)>,
    /// The record in which it was met already.
    met: Option<u64>,
}

impl<'p, T> Records<'p, T> {
    /// For one file or flow.
    pub fn new(profile: &'p Profile) -> Records<'p, T> {
        let parts = profile.rules.iter().map(|_| Parts::default()).collect();
        let looks_around = profile.detectors.iter().any(Custom::looks_around);
        Records { profile, looks_around, waiting: VecDeque::new(), past: VecDeque::new(), parts }
    }

    /// The next detection; says what is decided by it.
    pub fn push(&mut self, placed: Placed<T>, out: &mut Vec<Judged<T>>) {
        self.waiting.push_back(placed);
        while let Some(first) = self.waiting.front() {
            let newest = self.waiting.back().unwrap_or(first);
            let open = self.looks_around && self.waiting.len() < MOST_WAITING && near(first, newest, Within::default());
            if open {
                return;
            }
            self.settle(out);
        }
    }

    /// No more come.
    pub fn finish(&mut self, out: &mut Vec<Judged<T>>) {
        while !self.waiting.is_empty() {
            self.settle(out);
        }
        self.past.clear();
        self.parts.iter_mut().for_each(|parts| *parts = Parts::default());
    }

    fn settle(&mut self, out: &mut Vec<Judged<T>>) {
        let Some(mut first) = self.waiting.pop_front() else { return };
        if self.looks_around {
            self.look_around(&mut first);
        }
        let bare = first.bare();
        let mut met = Vec::new();
        for (rule, parts) in self.profile.rules.iter().zip(&mut self.parts) {
            met.extend(parts.take(rule, &bare));
        }
        out.push(Judged::Value(first.detection, first.extra));
        out.extend(met.into_iter().map(Judged::Together));
    }

    fn look_around(&mut self, first: &mut Placed<T>) {
        self.past.retain(|past| near(past, first, Within::default()));
        let custom = first.custom.and_then(|index| self.profile.detectors.get(index));
        if let Some(custom) = custom.filter(|custom| custom.looks_around()) {
            let ahead = self.waiting.iter().filter(|other| near(first, other, Within::default()));
            let around = self.past.iter().map(|past| &past.detection).chain(ahead.map(|other| &other.detection));
            if around.into_iter().any(|other| custom.is_surer_beside(other)) {
                first.detection.confidence = surer(first.detection.confidence);
                first.detection.reason = "by its pattern, and what stands beside it";
            }
        }
        if self.past.len() == MOST_WAITING {
            self.past.pop_front();
        }
        self.past.push_back(first.bare());
    }
}

impl<T> Placed<T> {
    fn bare(&self) -> Placed<()> {
        Placed {
            detection: self.detection.clone(),
            custom: self.custom,
            record: self.record,
            line: self.line,
            extra: (),
        }
    }
}

/// Whether two stand in one record, and as near as is asked.
fn near<A, B>(first: &Placed<A>, last: &Placed<B>, within: Within) -> bool {
    let lines =
        if first.record.is_some() { within.lines } else { within.lines.or(within.bytes.is_none().then_some(LINES)) };
    first.record == last.record
        && lines.is_none_or(|most| last.line.abs_diff(first.line) <= most)
        && within.bytes.is_none_or(|most| last.detection.offset.abs_diff(first.detection.offset) as u64 <= most)
}

impl Parts {
    /// Takes one more; says what is met by it. In one record a rule is met once.
    fn take(&mut self, rule: &Combined, placed: &Placed<()>) -> Option<Together> {
        let sort = rule.sort_of(&placed.detection)?;
        if placed.record.is_some() && self.met == placed.record {
            return None;
        }
        self.parts.retain(|(_, part)| near(part, placed, rule.within));
        if self.parts.len() == MOST_PARTS {
            self.parts.pop_front();
        }
        self.parts.push_back((sort, placed.clone()));
        let has = |sort: usize| self.parts.iter().any(|(own, _)| *own == sort);
        if (0..rule.of.len()).filter(|sort| has(*sort)).count() < rule.least {
            return None;
        }
        self.met = placed.record;
        // Of each sort the nearest, so that the place told is as small as it can be.
        let mut seen = vec![false; rule.of.len()];
        let nearest =
            |(sort, _): &(usize, Placed<()>)| seen.get_mut(*sort).is_some_and(|seen| !std::mem::replace(seen, true));
        let mut parts: Vec<Placed<()>> = self.parts.drain(..).rev().filter(nearest).map(|(_, part)| part).collect();
        parts.reverse();
        Some(together(rule, &parts))
    }
}

fn together(rule: &Combined, parts: &[Placed<()>]) -> Together {
    let detections = || parts.iter().map(|part| &part.detection);
    // Special categories come last in their order.
    let worst = detections().map(|part| part.category).max_by_key(|category| (category.is_special(), *category));
    let member = |part: &Placed<()>| Member {
        kind: part.detection.kind,
        category: part.detection.category,
        line: part.line,
        offset: part.detection.offset,
        length: part.detection.length,
    };
    Together {
        kind: rule.kind,
        title: rule.title,
        category: rule.category.or(worst).unwrap_or(Category::Name),
        confidence: detections().map(|part| part.confidence).min().unwrap_or(Confidence::Possible),
        test_data: detections().any(|part| part.test_data),
        members: parts.iter().map(member).collect(),
    }
}
