//! Judges what waits for one source.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use cloister_audit::Event;
use cloister_evidence::Kind;
use cloister_rules::{Ground, Judge, Rules};
use cloister_store::{Receipt, Taken};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::place::{self, Place};
use super::{By, Detection};
use crate::evidence::{Log, Said};
use crate::happened::Happened;
use crate::ingest::{EVENT, finding, queue};
use crate::{Hub, Snapshot};

/// So many are taken from the queue at once.
const AT_ONCE: u32 = 500;
/// So long they are this desk's. It is the only one, and takes back what a process before it had.
const HELD: Duration = Duration::from_secs(120);
/// So long after an event its place is saved, and it leaves the queue.
const SAVE: Duration = Duration::from_secs(3);
/// And no later than after so many.
const MOST_HELD: usize = 5000;
/// So long what a source sends waits until the source is assessed for the first time.
const PATIENCE: Duration = Duration::from_secs(60);

/// The judge of one source, with all that it has in hand.
pub struct Desk {
    source: String,
    queue: String,
    rules: Arc<Rules>,
    judge: Judge,
    place: Place,
    version: u64,
    stands_on: Weak<Snapshot>,
    opened: Instant,
    /// Whether it knows anything of the cluster.
    stands: bool,
    /// Taken from the queue, and not judged yet.
    taken: VecDeque<Taken>,
    /// Found, and not recorded yet.
    found: VecDeque<Detection>,
    held: Vec<Receipt>,
    since: Option<Instant>,
    /// How long saving took last.
    took: Duration,
    /// What a process before this one recorded after it saved its place.
    recorded: HashMap<String, u64>,
}

impl Desk {
    /// Goes on where a process before this one was.
    pub fn open(hub: &Hub, rules: &Arc<Rules>, source: &str) -> Result<Desk, String> {
        let (version, saved) = place::read(&*hub.store, source).map_err(|why| why.to_string())?;
        let is_new = saved.is_none();
        let (mut place, judge) = saved.unwrap_or_default();
        let log = hub.config.log.as_ref();
        if let (true, Some(log)) = (is_new, log) {
            place.log = log.head()?.size;
        }
        let ground = Arc::new(place.ground.clone());
        let resumed = Judge::resume(rules.clone(), ground.clone(), &judge);
        let queue = queue(source);
        hub.store.give_back_all(&queue).map_err(|why| why.to_string())?;
        let mut desk = Desk {
            source: source.to_owned(),
            queue,
            rules: rules.clone(),
            judge: resumed.unwrap_or_else(|| Judge::new(rules.clone(), ground)),
            recorded: log.map_or_else(HashMap::new, |log| recorded(log, place.log)),
            stands: !is_new && place.ground != Ground::default(),
            place,
            version,
            stands_on: Weak::new(),
            opened: Instant::now(),
            taken: VecDeque::new(),
            found: VecDeque::new(),
            held: Vec::new(),
            since: None,
            took: Duration::ZERO,
        };
        if is_new {
            desk.save(hub)?;
        }
        Ok(desk)
    }

    /// Judges some of what waits. Whether there was any.
    pub fn work(&mut self, hub: &Hub) -> Result<bool, String> {
        self.keep(hub)?;
        if self.taken.is_empty() && self.held.len() < MOST_HELD && self.stand(hub) {
            let taken = hub.store.take(&self.queue, AT_ONCE, Timestamp::now(), HELD);
            self.taken = taken.map_err(|why| why.to_string())?.into();
        }
        let busy = !self.taken.is_empty();
        while let Some(one) = self.taken.front().cloned() {
            self.since.get_or_insert_with(Instant::now);
            self.take(hub, &one)?;
            self.taken.pop_front();
            self.keep(hub)?;
        }
        let pause = SAVE.max(self.took * 20);
        if self.held.len() >= MOST_HELD || self.since.is_some_and(|since| since.elapsed() >= pause) {
            self.save(hub)?;
        }
        Ok(busy)
    }

    /// Takes what is known of the cluster now. Whether one can judge.
    fn stand(&mut self, hub: &Hub) -> bool {
        let Some(snapshot) = hub.snapshot(&self.source) else {
            let is_watched = hub.state(&self.source).is_some_and(|(_, watched)| watched);
            return self.stands || !is_watched || self.opened.elapsed() >= PATIENCE;
        };
        let now = Arc::downgrade(&snapshot);
        if !now.ptr_eq(&self.stands_on) {
            let ground = snapshot.ground();
            self.place.ground = ground.clone();
            self.judge.stand_on(Arc::new(ground));
            (self.stands_on, self.stands) = (now, true);
        }
        true
    }

    fn take(&mut self, hub: &Hub, one: &Taken) -> Result<(), String> {
        let noticed = Timestamp::now();
        let found = catch_unwind(AssertUnwindSafe(|| self.judged(&one.item.body)));
        let reason = match found {
            Ok(Some(found)) => {
                let found = found.into_iter().map(|(by, seen)| Detection::new(&self.source, by, seen, noticed));
                self.found.extend(found);
                self.held.push(one.receipt);
                return Ok(());
            }
            Ok(None) => "it cannot be read again",
            Err(_) => "judging it ended by a fault of Cloister; please report it",
        };
        hub.store.set_aside(&self.queue, one.receipt, reason).map_err(|why| why.to_string()).map(|_| ())
    }

    fn judged(&mut self, body: &[u8]) -> Option<Vec<(By, cloister_rules::Detection)>> {
        let (kind, text) = body.split_first()?;
        if *kind == EVENT {
            let event = Event::read(text).ok()?;
            return Some(self.judge.judge(&event).into_iter().map(|seen| (By::Audit, seen)).collect());
        }
        finding(text).map(|found| vec![(By::Sensor, found.detection())])
    }

    /// Puts on record what was found.
    fn keep(&mut self, hub: &Hub) -> Result<(), String> {
        while let Some(one) = self.found.front() {
            if !self.place.groups.add(&self.rules, one) {
                let one = one.clone();
                self.record(hub, one)?;
            }
            self.found.pop_front();
        }
        Ok(())
    }

    /// Records one that belongs to none before it: in the log, in the store, and then whoever has to do with it is told.
    fn record(&mut self, hub: &Hub, mut one: Detection) -> Result<(), String> {
        let known = hub.store.detection(&one.id).map_err(|why| why.to_string())?;
        let mut said = one.seen.count;
        match known.as_ref().map(Detection::kept) {
            // What it said was erased meanwhile.
            Some(None) => return Ok(()),
            Some(Some(known)) => (one.entry, one.noticed, said) = (known.entry, known.noticed, known.seen.count),
            None => {
                one.entry = self.entry(hub, &one.id, &json!({"detection": one}))?;
                hub.store.keep_detections(&[one.to_keep()]).map_err(|why| why.to_string())?;
                hub.numbers.detected(one.seen.severity);
            }
        }
        hub.happened(&Happened::Detected(&one));
        self.place.groups.open(one, said);
        Ok(())
    }

    /// The number of the entry of this, which may be there already.
    fn entry(&self, hub: &Hub, key: &str, said: &Value) -> Result<Option<u64>, String> {
        let Some(log) = &hub.config.log else { return Ok(None) };
        match self.recorded.get(key) {
            Some(entry) => Ok(Some(*entry)),
            None => {
                let begun = Instant::now();
                let number = log.record(Kind::Detection, said)?;
                hub.numbers.observe("cloister_hub_evidence_append_seconds", begun.elapsed());
                Ok(Some(number))
            }
        }
    }

    /// Records how often what is open was seen, saves where the judge is, and is done with what it has judged.
    fn save(&mut self, hub: &Hub) -> Result<(), String> {
        let begun = Instant::now();
        self.tell_more(hub)?;
        if let Some(log) = &hub.config.log {
            self.place.log = log.head()?.size;
        }
        let judge = self.judge.save();
        let store = &*hub.store;
        self.version =
            place::write(store, &self.source, (&self.place, &judge), self.version).map_err(|why| why.to_string())?;
        store.done(&self.queue, &self.held).map_err(|why| why.to_string())?;
        self.held.clear();
        self.recorded.clear();
        (self.since, self.took) = (None, begun.elapsed());
        Ok(())
    }

    fn tell_more(&mut self, hub: &Hub) -> Result<(), String> {
        let mut groups = std::mem::take(&mut self.place.groups);
        let told = groups.behind().try_for_each(|group| {
            let one = &group.detection;
            let (count, key) = (one.seen.count, format!("{}/{}", one.id, one.seen.count));
            let more = json!({
                "id": one.id, "source": one.source, "count": count, "last": one.seen.last,
                "also": one.seen.what.also, "sourceIPs": one.seen.who.source_ips,
            });
            self.entry(hub, &key, &json!({"continued": more}))?;
            hub.store.amend_detection(&one.id, &one.body()).map_err(|why| why.to_string())?;
            group.said = count;
            Ok(())
        });
        self.place.groups = groups;
        told
    }
}

/// What stands in the log from here on: entries by what they are about.
fn recorded(log: &Log, from: u64) -> HashMap<String, u64> {
    let size = log.head().map_or(from, |head| head.size);
    let key = |said: &Value| {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        text(&said["detection"]["id"]).or_else(|| {
            let more = &said["continued"];
            Some(format!("{}/{}", more["id"].as_str()?, more["count"].as_u64()?))
        })
    };
    let of = |entry: u64| match log.said_at((entry, size), Kind::Detection)? {
        Said::This(said) => Some((key(&said)?, entry)),
        Said::Erased | Said::Unreadable(_) => None,
    };
    (from..size).filter_map(of).collect()
}
