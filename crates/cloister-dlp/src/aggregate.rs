//! One finding for each leak, however large it is: counts, times and places, and no value.

use std::sync::Arc;

use cloister_detect::{Category, Confidence};
use cloister_model::Severity;
use cloister_register::documents::{DlpAction, Leak, WireProtocol};
use foldhash::{HashMap, HashMapExt};
use jiff::civil::Date;

use crate::distinct::Distinct;
use crate::document::{self, Finding};
use crate::judge::{Decision, Passage, Seen, Where, is_subject};
use crate::knowledge::Knowledge;
use crate::leak::severity;
use crate::mask::{masked_name, masked_target};
use crate::party::Party;
use crate::policy::Policy;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Findings at once: those that were not seen for the longest time make room.
    pub findings: usize,
    /// Places, targets and kinds of one finding that are named; the rest is counted.
    pub named: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { findings: 4096, named: 8 }
    }
}

/// What one message holds of one category at one place.
#[derive(Clone, Debug)]
pub struct Tally {
    /// What kind of data.
    pub category: Category,
    /// Which detector.
    pub kind: &'static str,
    /// How sure, at best.
    pub confidence: Confidence,
    /// Where.
    pub place: Where,
    /// The name of the field, as the message has it.
    pub field: Box<str>,
    /// How many values.
    pub count: u64,
    /// Keyed hashes of some of them, to count different ones; the key never leaves the process.
    pub hashes: Vec<u64>,
}

/// Which leak it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    leak: Leak,
    policy: Arc<str>,
    sender: Arc<str>,
    recipient: Arc<str>,
    category: Category,
    protocol: WireProtocol,
    port: u16,
}

/// What became of it.
#[derive(Clone, Debug)]
struct Leaking {
    action: DlpAction,
    severity: Severity,
    encrypted: bool,
    ends: [document::End; 2],
    confidence: Confidence,
    kinds: Vec<&'static str>,
    places: Vec<(Where, String, u64)>,
    more_places: u64,
    targets: Vec<String>,
    values: u64,
    messages: u64,
    first: u64,
    last: u64,
    distinct: Distinct,
    told: Told,
}

/// Whether somebody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Never,
    Before,
    Now,
}

/// A policy, who sends, and who gets it.
type Between = (Arc<str>, Arc<str>, Arc<str>);

/// Records that one party was handed in a while.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    start: u64,
    records: u64,
}

/// All findings of a run.
#[derive(Debug, Default)]
pub struct Findings {
    limits: Limits,
    all: HashMap<Key, Leaking>,
    windows: HashMap<Between, Window>,
    forgotten: u64,
    /// One of them was never told.
    fresh: bool,
}

impl Findings {
    /// None yet.
    pub fn new(limits: Limits) -> Findings {
        Findings { limits, all: HashMap::new(), windows: HashMap::new(), forgotten: 0, fresh: false }
    }

    /// A message on `port`, seen at `time` (microseconds since 1970), and what it holds; `records` of it hold personal
    /// data. Says what is to be done at most.
    pub fn add(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        (port, time): (u16, u64),
        tallies: &[Tally],
        records: u64,
    ) -> Option<DlpAction> {
        let today = day(time);
        let mut most = None;
        for tally in tallies {
            let of_category = tallies.iter().filter(|other| other.category == tally.category);
            let seen = Seen {
                category: tally.category,
                confidence: tally.confidence,
                place: tally.place,
                field: &tally.field,
                count: of_category.map(|other| other.count).sum(),
            };
            for decision in knowledge.decide(passage, &seen, today) {
                most = most.max(Some(decision.action));
                self.note(knowledge, passage, (port, time), &decision, tally);
            }
        }
        let bulk = self.bulk(knowledge, passage, (port, time), tallies, records);
        most.max(bulk)
    }

    fn bulk(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        at: (u16, u64),
        tallies: &[Tally],
        records: u64,
    ) -> Option<DlpAction> {
        let worst = tallies
            .iter()
            .filter(|it| it.category.is_personal())
            .max_by_key(|it| (it.category.is_special(), it.count))?;
        let mut most = None;
        for policy in knowledge.policies.iter().filter(|policy| is_subject(policy, passage)) {
            let asked = policy.findings.is_empty() || policy.findings.contains(&Leak::BulkRead);
            if asked && records > 0 && self.is_over(knowledge, passage, policy, at.1, records) {
                let decision = Decision { policy, leak: Leak::BulkRead, action: policy.action };
                self.note(knowledge, passage, at, &decision, &Tally { count: records, ..worst.clone() });
                most = most.max(Some(policy.action));
            }
        }
        most
    }

    /// Whether so many records more are too many.
    fn is_over(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        policy: &Policy,
        time: u64,
        records: u64,
    ) -> bool {
        let Some(bulk) = policy.bulk else { return false };
        let name = |party: &Party| knowledge.directory.name(party);
        if self.windows.len() >= self.limits.findings {
            self.windows.retain(|_, window| time.saturating_sub(window.start) < bulk.within);
        }
        let key = (policy.name.clone(), name(passage.sender), name(passage.recipient));
        if self.windows.len() >= self.limits.findings && !self.windows.contains_key(&key) {
            return false;
        }
        let window = self.windows.entry(key).or_insert(Window { start: time, records: 0 });
        if time.saturating_sub(window.start) >= bulk.within {
            *window = Window { start: time, records: 0 };
        }
        window.records = window.records.saturating_add(records);
        window.records > bulk.records
    }

    fn note(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        (port, time): (u16, u64),
        decision: &Decision<'_>,
        tally: &Tally,
    ) {
        let key = Key {
            leak: decision.leak,
            policy: decision.policy.name.clone(),
            sender: knowledge.directory.name(passage.sender),
            recipient: knowledge.directory.name(passage.recipient),
            category: tally.category,
            protocol: passage.protocol,
            port,
        };
        if !self.all.contains_key(&key) {
            self.fresh = true;
            if self.all.len() >= self.limits.findings {
                self.make_room();
            }
        }
        let limit = self.limits.named;
        let leaking = self.all.entry(key).or_insert_with(|| Leaking::new(knowledge, passage, decision, tally, time));
        leaking.action = leaking.action.max(decision.action);
        leaking.grow(passage, tally, time, limit);
    }

    /// The eighth that was not seen for the longest time goes.
    fn make_room(&mut self) {
        let mut last: Vec<u64> = self.all.values().map(|it| it.last).collect();
        last.sort_unstable();
        let until = last.get(last.len() / 8).copied().unwrap_or(0);
        let before = self.all.len();
        self.all.retain(|_, it| it.last > until);
        self.forgotten += before.abs_diff(self.all.len()) as u64;
    }

    /// Whether there is one that nobody was told of.
    pub fn has_new(&self) -> bool {
        self.fresh
    }

    /// Those that are new, or grew, since this was last asked; the worst first.
    pub fn changed(&mut self) -> Vec<Finding> {
        let mut told = Vec::new();
        for (key, leaking) in self.all.iter_mut().filter(|(_, it)| it.told != Told::Now) {
            told.push(finding(key, leaking));
            leaking.told = Told::Now;
        }
        self.fresh = false;
        document::sort(&mut told);
        told
    }

    /// All of them, the worst first.
    pub fn all(&self) -> Vec<Finding> {
        let mut all: Vec<Finding> = self.all.iter().map(|(key, leaking)| finding(key, leaking)).collect();
        document::sort(&mut all);
        all
    }

    /// How many had to make room for others.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

impl Leaking {
    fn new(knowledge: &Knowledge, passage: &Passage<'_>, decision: &Decision<'_>, tally: &Tally, time: u64) -> Leaking {
        let outside = matches!(passage.recipient, Party::Outside(_)) || matches!(passage.sender, Party::Outside(_));
        let end = |party| {
            let workload = knowledge.directory.workload_of(party);
            document::End {
                name: knowledge.directory.name(party),
                activities: workload.map(|it| knowledge.directory.activity_names(&it.purposes)).unwrap_or_default(),
                stores: workload.map(|it| knowledge.directory.store_names(&it.stores)).unwrap_or_default(),
            }
        };
        Leaking {
            action: decision.action,
            severity: severity(decision.leak, outside, tally.category.is_special()),
            encrypted: passage.encrypted,
            ends: [end(passage.sender), end(passage.recipient)],
            confidence: tally.confidence,
            kinds: Vec::new(),
            places: Vec::new(),
            more_places: 0,
            targets: Vec::new(),
            values: 0,
            messages: 0,
            first: time,
            last: time,
            distinct: Distinct::default(),
            told: Told::Never,
        }
    }

    fn grow(&mut self, passage: &Passage<'_>, tally: &Tally, time: u64, limit: usize) {
        self.values = self.values.saturating_add(tally.count);
        self.messages = self.messages.saturating_add(1);
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.confidence = self.confidence.max(tally.confidence);
        tally.hashes.iter().for_each(|hash| self.distinct.add(*hash));
        if self.kinds.len() < limit && !self.kinds.contains(&tally.kind) {
            self.kinds.push(tally.kind);
        }
        let field = masked_name(&tally.field);
        let known = self.places.iter_mut().find(|(place, name, _)| *place == tally.place && *name == field);
        if let Some((.., count)) = known {
            *count = count.saturating_add(tally.count);
        } else if self.places.len() < limit {
            self.places.push((tally.place, field.into_owned(), tally.count));
        } else {
            self.more_places = self.more_places.saturating_add(tally.count);
        }
        if self.targets.len() < limit && !passage.target.is_empty() {
            let target = masked_target(passage.target);
            if !self.targets.contains(&target) {
                self.targets.push(target);
            }
        }
        if self.told == Told::Now {
            self.told = Told::Before;
        }
    }
}

fn finding(key: &Key, leaking: &Leaking) -> Finding {
    let mut places: Vec<_> =
        leaking.places.iter().map(|(at, name, count)| document::Place::of(*at, name, *count)).collect();
    places.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.name.cmp(&other.name)));
    let [sender, recipient] = leaking.ends.clone();
    Finding::of(
        key.leak,
        Finding {
            finding: key.leak.as_str(),
            severity: leaking.severity,
            action: leaking.action.as_str(),
            policy: key.policy.clone(),
            category: key.category.as_str(),
            special: key.category.is_special(),
            detectors: leaking.kinds.clone(),
            confidence: document::confidence(leaking.confidence),
            sender,
            recipient,
            protocol: key.protocol.as_str(),
            port: key.port,
            encrypted: leaking.encrypted,
            targets: leaking.targets.clone(),
            places,
            more_places: leaking.more_places,
            values: leaking.values,
            distinct: leaking.distinct.count(),
            distinct_exact: leaking.distinct.is_exact(),
            messages: leaking.messages,
            first: document::time(leaking.first),
            last: document::time(leaking.last),
            new: leaking.told == Told::Never,
            ..Finding::default()
        },
    )
}

/// The day of a time (microseconds since 1970), in UTC.
pub fn day(time: u64) -> Date {
    document::timestamp(time).to_zoned(jiff::tz::TimeZone::UTC).date()
}
