//! Judges what waits for one source.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use cloister_audit::Event;
use cloister_evidence::Kind;
use cloister_rules::{Ground, Judge, Rules};
use cloister_store::{Receipt, Taken};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::groups::key;
use super::place::{self, Place};
use super::{By, Detection};
use crate::evidence::{Log, Said};
use crate::happened::Happened;
use crate::ingest::{EVENT, finding, queue};
use crate::replicas::JUDGE;
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
    /// What was recorded since the place was saved, by this process or one before it.
    recorded: HashMap<String, u64>,
    /// Whether the log may say more than that.
    in_doubt: bool,
}

impl Desk {
    /// Goes on where a process before this one was.
    pub fn open(hub: &Hub, rules: &Arc<Rules>, (source, term): (&str, u64)) -> Result<Desk, String> {
        let (version, saved) = place::read(&*hub.store, source).map_err(|why| why.to_string())?;
        let is_new = saved.is_none();
        let (mut place, judge) = saved.unwrap_or_default();
        let log = hub.config.log.as_ref();
        // What another hub recorded stands in its own log: of that the store alone tells here.
        if let Some(log) = log.filter(|_| is_new || place.of_log != hub.log_name()) {
            place.log = log.head()?.size;
        }
        (place.of_log, place.term) = (hub.log_name().to_owned(), term);
        let ground = Arc::new(place.ground.clone());
        let resumed = Judge::resume(rules.clone(), ground.clone(), &judge);
        let mut desk = Desk {
            source: source.to_owned(),
            queue: queue(source),
            rules: rules.clone(),
            judge: resumed.unwrap_or_else(|| Judge::new(rules.clone(), ground)),
            recorded: log.map_or_else(HashMap::new, |log| recorded(log, place.log)),
            in_doubt: false,
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
        if term > 0 {
            desk.claim(hub)?;
        }
        // What is handed out from now on, only this one can be done with.
        hub.store.give_back_all(&desk.queue).map_err(|why| why.to_string())?;
        if is_new {
            desk.save(hub)?;
        }
        Ok(desk)
    }

    /// From now on whoever judged before saves nothing more.
    fn claim(&mut self, hub: &Hub) -> Result<(), String> {
        let judge = self.judge.save();
        let claimed = place::claim(&*hub.store, &self.source, (&self.place, &judge), self.version);
        self.version = claimed.map_err(|why| why.to_string())?;
        Ok(())
    }

    /// Fails where another hub has taken over, or may have.
    fn may(&self, hub: &Hub) -> Result<(), String> {
        let may = hub.duties.term(JUDGE) == Some(self.place.term);
        if may { Ok(()) } else { Err("another hub judges, or will in a moment".to_owned()) }
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
        }
        self.keep(hub)?;
        let pause = SAVE.max(self.took * 20);
        if self.held.len() >= MOST_HELD || self.since.is_some_and(|since| since.elapsed() >= pause) {
            self.save(hub)?;
        }
        Ok(busy)
    }

    /// Records what was found, and saves where it is.
    pub fn close(&mut self, hub: &Hub) -> Result<(), String> {
        self.keep(hub)?;
        self.save(hub)
    }

    /// Takes what is known of the cluster now. Whether one can judge.
    fn stand(&mut self, hub: &Hub) -> bool {
        let is_watched = hub.state(&self.source).is_some_and(|(_, watched)| watched);
        // What is watched here is shown after a start as it was, without what only its inventory tells.
        let snapshot = hub.snapshot(&self.source).filter(|known| known.more.ground.is_some() || !is_watched);
        let Some(snapshot) = snapshot else {
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
        loop {
            while let Some(one) = self.found.front().filter(|one| self.place.groups.belongs(&self.rules, one)) {
                self.place.groups.add(one);
                self.found.pop_front();
            }
            let mut keys = HashSet::new();
            let alone = |one: &&Detection| !self.place.groups.belongs(&self.rules, one) && keys.insert(key(one));
            let new: Vec<Detection> = self.found.iter().take(AT_ONCE as usize).take_while(alone).cloned().collect();
            if new.is_empty() {
                return Ok(());
            }
            let count = new.len();
            self.record(hub, new)?;
            self.found.drain(..count);
        }
    }

    /// Records those that belong to none before them: in the log, in the store, and then whoever has to do with them is told.
    fn record(&mut self, hub: &Hub, found: Vec<Detection>) -> Result<(), String> {
        self.may(hub)?;
        let (mut all, mut new) = (Vec::new(), Vec::new());
        for mut one in found {
            let known = hub.store.detection(&one.id).map_err(|why| why.to_string())?;
            match known.as_ref().map(Detection::kept) {
                // What it said was erased meanwhile.
                Some(None) => {}
                Some(Some(known)) => {
                    (one.entry, one.log, one.noticed) = (known.entry, known.log, known.noticed);
                    all.push((one, known.seen.count));
                }
                None => new.push(one),
            }
        }
        self.enter(hub, &mut new)?;
        let kept: Vec<_> = new.iter().map(Detection::to_keep).collect();
        hub.store.keep_detections(&kept).map_err(|why| why.to_string())?;
        new.iter().for_each(|one| hub.numbers.detected(one.seen.severity));
        all.extend(new.into_iter().map(|one| (one.clone(), one.seen.count)));
        for (one, said) in all {
            hub.happened(&Happened::Detected(&one));
            self.place.groups.open(one, said);
        }
        Ok(())
    }

    /// Gives each its entry in the log, which a process before this one may have written.
    fn enter(&mut self, hub: &Hub, new: &mut [Detection]) -> Result<(), String> {
        let keys: Vec<String> = new.iter().map(|one| one.id.clone()).collect();
        let said: Vec<Value> = new.iter().map(|one| json!({"detection": one})).collect();
        let entries = self.entries(hub, keys.into_iter().zip(said).collect())?;
        let log = Some(hub.log_name()).filter(|name| !name.is_empty());
        new.iter_mut().zip(entries).for_each(|(one, entry)| (one.entry, one.log) = (entry, log.map(str::to_owned)));
        Ok(())
    }

    /// The numbers of the entries of these; what is not in the log yet is written, together.
    fn entries(&mut self, hub: &Hub, said: Vec<(String, Value)>) -> Result<Vec<Option<u64>>, String> {
        let Some(log) = &hub.config.log else { return Ok(vec![None; said.len()]) };
        if std::mem::take(&mut self.in_doubt) {
            self.recorded.extend(recorded(log, self.place.log));
        }
        let keys: Vec<String> = said.iter().map(|(key, _)| key.clone()).collect();
        let (new, missing): (Vec<String>, Vec<Value>) =
            said.into_iter().filter(|(key, _)| !self.recorded.contains_key(key)).unzip();
        if !missing.is_empty() {
            let begun = Instant::now();
            let first = log.record_all(Kind::Detection, &missing);
            // Whether it was written before it failed, the log says.
            self.in_doubt = first.is_err();
            hub.numbers.observe("cloister_hub_evidence_append_seconds", begun.elapsed());
            self.recorded.extend(new.into_iter().zip(first?..));
        }
        Ok(keys.iter().map(|key| self.recorded.get(key).copied()).collect())
    }

    /// Records how often what is open was seen, saves where the judge is, and is done with what it has judged.
    fn save(&mut self, hub: &Hub) -> Result<(), String> {
        let begun = Instant::now();
        self.may(hub)?;
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
        let more = |one: &Detection| {
            let said = json!({
                "id": one.id, "source": one.source, "count": one.seen.count, "last": one.seen.last,
                "also": one.seen.what.also, "sourceIPs": one.seen.who.source_ips,
            });
            (format!("{}/{}", one.id, one.seen.count), json!({"continued": said}))
        };
        let said = self.place.groups.behind().map(|group| more(&group.detection)).collect();
        self.entries(hub, said)?;
        for group in self.place.groups.behind() {
            let one = &group.detection;
            hub.store.amend_detection(&one.id, &one.body()).map_err(|why| why.to_string())?;
            group.said = one.seen.count;
        }
        Ok(())
    }
}

/// What stands in the log from here on: entries by what they are about.
fn recorded(log: &Log, from: u64) -> HashMap<String, u64> {
    let size = log.head().map_or(from, |head| head.size);
    let key = |said: &Value| {
        let text = |place: &str| said.pointer(place).and_then(Value::as_str);
        let count = said.pointer("/continued/count").and_then(Value::as_u64);
        let more = || Some(format!("{}/{}", text("/continued/id")?, count?));
        text("/detection/id").map(str::to_owned).or_else(more)
    };
    let of = |entry: u64| match log.said_at((entry, size), Kind::Detection)? {
        Said::This(said) => Some((key(&said)?, entry)),
        Said::Erased | Said::Unreadable(_) => None,
    };
    (from..size).filter_map(of).collect()
}
