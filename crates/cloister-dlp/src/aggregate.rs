//! One finding for each leak, however large it is: counts, times and places, and no value.

use std::sync::Arc;

use cloister_detect::profile::Owners;
use cloister_detect::{Category, Confidence};
use cloister_model::Severity;
use cloister_register::documents::{DlpAction, Leak, WireProtocol};
use foldhash::{HashMap, HashMapExt};
use jiff::civil::Date;

use crate::baseline::Baselines;
use crate::bulk::{Bulks, Over};
use crate::distinct::Distinct;
use crate::document::{self, Finding};
use crate::judge::{Decision, Passage, Seen, Where, is_subject};
use crate::knowledge::Knowledge;
use crate::leak::severity;
use crate::mask::{Shown, masked_target};
use crate::party::Party;
use crate::policy::Policy;
use crate::tallies::Allowed;
use crate::why::{Passed, Reasons, because};

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
    /// For which policies it counts.
    pub counts_for: Owners,
    /// It is a rule, and `count` is in how many records it was met.
    pub is_rule: bool,
}

impl Tally {
    /// What a judge asks of it; `all` is what the message holds.
    pub(crate) fn seen<'a>(&'a self, all: &'a [Tally]) -> Seen<'a> {
        Seen {
            category: self.category,
            confidence: self.confidence,
            place: self.place,
            field: &self.field,
            counts_for: self.counts_for,
            is_rule: self.is_rule,
            all,
        }
    }
}

/// Which leak it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    leak: Leak,
    policy: Arc<str>,
    sender: Arc<str>,
    recipient: Arc<str>,
    /// None of what could not be searched.
    category: Option<Category>,
    rule: Option<&'static str>,
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
    why: String,
    bulk: Option<Over>,
    confidence: Confidence,
    kinds: Vec<&'static str>,
    places: Vec<(Where, Arc<str>, u64)>,
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

/// All findings of a run.
#[derive(Debug)]
pub struct Findings {
    limits: Limits,
    all: HashMap<Key, Leaking>,
    bulks: Bulks,
    shown: Shown,
    reasons: Option<Reasons>,
    forgotten: u64,
    /// One of them was never told.
    fresh: bool,
}

impl Findings {
    /// None yet.
    pub fn new(limits: Limits) -> Findings {
        Findings {
            limits,
            all: HashMap::new(),
            bulks: Bulks::new(limits.findings),
            shown: Shown::default(),
            reasons: None,
            forgotten: 0,
            fresh: false,
        }
    }

    /// From now on, what policies let through is remembered, with the reason.
    pub fn explain(&mut self) {
        self.reasons = Some(Reasons::default());
    }

    /// What policies let through, and why; nothing unless it was asked for.
    pub fn passed(&self) -> Vec<Passed> {
        self.reasons.as_ref().map(Reasons::all).unwrap_or_default()
    }

    /// What was learnt before.
    pub fn remember(&mut self, baselines: Baselines) {
        self.bulks.baselines = baselines;
    }

    /// What is usual, as far as it is learnt by `time`.
    pub fn baselines(&mut self, time: u64) -> &Baselines {
        self.bulks.close(time);
        &self.bulks.baselines
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
        for (at, tally) in tallies.iter().enumerate() {
            for decision in knowledge.decide(passage, &tally.seen(tallies), today) {
                most = most.max(Some(decision.action));
                self.note(knowledge, passage, (port, time), &decision, &Leaked::of(tally));
            }
            if let Some(reasons) = &mut self.reasons {
                reasons.note(knowledge, passage, (tallies, at), today);
            }
        }
        let bulk = self.bulk(knowledge, passage, (port, time), tallies, records);
        most.max(bulk)
    }

    /// What lists of policies let through of messages, for whoever asks why.
    pub fn allowed(&mut self, knowledge: &Knowledge, allowed: &[Allowed]) {
        if let Some(reasons) = &mut self.reasons {
            allowed.iter().for_each(|one| reasons.allow(knowledge, one));
        }
    }

    /// Content of a message that cannot be searched, for this reason; says what is to be done.
    pub fn unsearched(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        (port, time): (u16, u64),
        why: &'static str,
    ) -> Option<DlpAction> {
        let policy = knowledge.unsearchable(passage, day(time))?;
        let decision = Decision { policy, leak: Leak::Unsearched, action: DlpAction::Block };
        let leaked = Leaked { tally: None, place: Where::Body, field: why, count: 1, hashes: &[], bulk: None };
        self.note(knowledge, passage, (port, time), &decision, &leaked);
        Some(decision.action)
    }

    fn bulk(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        at: (u16, u64),
        tallies: &[Tally],
        records: u64,
    ) -> Option<DlpAction> {
        let mut most = None;
        let mut over = Vec::new();
        let asks = |policy: &&Policy| {
            let asked = policy.findings.is_empty() || policy.findings.contains(&Leak::BulkRead);
            asked && policy.bulk.is_some() && is_subject(policy, passage)
        };
        for policy in knowledge.policies.iter().filter(asks).take_while(|_| records > 0) {
            let name = |party| knowledge.directory.name(party);
            let ends = (name(passage.sender), name(passage.recipient));
            self.bulks.add(policy, ends, at.1, tallies, records, &mut over);
            for over in over.drain(..) {
                let worst = tallies.iter().filter(|it| it.category == over.category && !it.is_rule);
                let Some(tally) = worst.max_by_key(|it| it.count) else { continue };
                let decision = Decision { policy, leak: Leak::BulkRead, action: policy.action };
                let leaked = Leaked { count: over.added, bulk: Some(over), ..Leaked::of(tally) };
                self.note(knowledge, passage, at, &decision, &leaked);
                most = most.max(Some(policy.action));
            }
        }
        most
    }

    fn note(
        &mut self,
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        (port, time): (u16, u64),
        decision: &Decision<'_>,
        leaked: &Leaked<'_>,
    ) {
        let key = Key {
            leak: decision.leak,
            policy: decision.policy.name.clone(),
            sender: knowledge.directory.name(passage.sender),
            recipient: knowledge.directory.name(passage.recipient),
            category: leaked.tally.map(|tally| tally.category),
            rule: leaked.tally.filter(|tally| tally.is_rule).map(|tally| tally.kind),
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
        let leaking = self.all.entry(key).or_insert_with(|| Leaking::new(knowledge, passage, decision, leaked, time));
        leaking.action = leaking.action.max(decision.action);
        let field = self.shown.of(leaked.field);
        leaking.grow(passage, leaked, field, time, limit);
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

/// What of a message leaks.
struct Leaked<'a> {
    /// The data; none where it could not be searched.
    tally: Option<&'a Tally>,
    place: Where,
    field: &'a str,
    count: u64,
    hashes: &'a [u64],
    bulk: Option<Over>,
}

impl<'a> Leaked<'a> {
    fn of(tally: &'a Tally) -> Leaked<'a> {
        Leaked {
            tally: Some(tally),
            place: tally.place,
            field: &tally.field,
            count: tally.count,
            hashes: &tally.hashes,
            bulk: None,
        }
    }
}

impl Leaking {
    fn new(
        knowledge: &Knowledge,
        passage: &Passage<'_>,
        decision: &Decision<'_>,
        leaked: &Leaked<'_>,
        time: u64,
    ) -> Leaking {
        let outside = matches!(passage.recipient, Party::Outside(_)) || matches!(passage.sender, Party::Outside(_));
        let special = leaked.tally.is_some_and(|tally| tally.category.is_special());
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
            severity: severity(decision.leak, outside, special),
            encrypted: passage.encrypted,
            ends: [end(passage.sender), end(passage.recipient)],
            why: because(knowledge, passage, decision, leaked.tally),
            bulk: leaked.bulk,
            confidence: leaked.tally.map_or(Confidence::Certain, |tally| tally.confidence),
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

    fn grow(&mut self, passage: &Passage<'_>, leaked: &Leaked<'_>, field: Arc<str>, time: u64, limit: usize) {
        self.values = self.values.saturating_add(leaked.count);
        self.messages = self.messages.saturating_add(1);
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        if leaked.bulk.is_some_and(|new| self.bulk.is_none_or(|known| new.records >= known.records)) {
            self.bulk = leaked.bulk;
        }
        if let Some(tally) = leaked.tally {
            self.confidence = self.confidence.max(tally.confidence);
            if self.kinds.len() < limit && !self.kinds.contains(&tally.kind) {
                self.kinds.push(tally.kind);
            }
        }
        leaked.hashes.iter().for_each(|hash| self.distinct.add(*hash));
        let known = self.places.iter_mut().find(|(place, name, _)| *place == leaked.place && *name == field);
        if let Some((.., count)) = known {
            *count = count.saturating_add(leaked.count);
        } else if self.places.len() < limit {
            self.places.push((leaked.place, field, leaked.count));
        } else {
            self.more_places = self.more_places.saturating_add(leaked.count);
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
            category: key.category.map_or(document::UNKNOWN, Category::as_str),
            special: key.category.is_some_and(Category::is_special),
            rule: key.rule,
            why: leaking.why.clone(),
            bulk: leaking.bulk.as_ref().map(document::Bulk::of),
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
