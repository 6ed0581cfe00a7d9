//! The thread that judges: from source to source, as long as there is a hub.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloister_store::Keep;
use jiff::Timestamp;

use super::desk::Desk;
use super::place;
use crate::Hub;
use crate::replicas::JUDGE;

/// So long it waits for something to come in.
const PAUSE: Duration = Duration::from_millis(250);
/// So long after a fault it tries again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often the store is asked for queues.
const ASK: Duration = Duration::from_secs(1);
/// How often what expired is dropped, and how much of it at once.
const SWEEP: (Duration, u32) = (Duration::from_secs(60), 10_000);

/// Starts it.
///
/// # Errors
/// There is no thread for it.
pub fn start(hub: &Arc<Hub>) -> std::io::Result<()> {
    hub.rules.begin(hub);
    let hub = Arc::downgrade(hub);
    std::thread::Builder::new().name("judge".to_owned()).spawn(move || {
        let mut rounds = Rounds { term: None, desks: BTreeMap::new(), asked: None, swept: Instant::now() };
        while let Some(hub) = hub.upgrade() {
            if !rounds.round(&hub) {
                hub.ingest.wait(PAUSE);
            }
        }
    })?;
    Ok(())
}

struct Rounds {
    /// The number under which it judges: of several hubs on one database one does.
    term: Option<u64>,
    desks: BTreeMap<String, Desk>,
    /// When the store was asked which sources have a queue: those of a process before this one, and of other hubs.
    asked: Option<Instant>,
    swept: Instant,
}

impl Rounds {
    /// Works at each desk once. Whether there was anything to do.
    fn round(&mut self, hub: &Hub) -> bool {
        let other_rules = hub.rules.look(hub);
        if !self.may(hub) {
            return false;
        }
        let is_due = self.asked.is_none_or(|asked| hub.duties.are_shared() && asked.elapsed() >= ASK);
        if is_due && let Ok(sources) = place::sources(&*hub.store) {
            sources.iter().for_each(|source| hub.ingest.has_queue(source));
            self.asked = Some(Instant::now());
        }
        if other_rules {
            self.stand_up(hub);
        }
        let mut busy = false;
        for source in hub.ingest.sources() {
            match self.work(hub, &source) {
                Ok(worked) => {
                    busy |= worked;
                    hub.ingest.tell(&source, None);
                }
                Err(why) => {
                    hub.ingest.tell(&source, Some(why));
                    std::thread::sleep(AGAIN);
                }
            }
        }
        hub.catch_up_with_suspicions();
        self.sweep(hub);
        busy
    }

    /// Other rules are in force: each desk records what it has found, saves where it is, and is opened again with them. What it
    /// could not save is judged again from where it was.
    fn stand_up(&mut self, hub: &Hub) {
        for (source, mut desk) in std::mem::take(&mut self.desks) {
            if let Err(why) = desk.close(hub) {
                hub.ingest.tell(&source, Some(why));
            }
        }
    }

    /// Whether this is the one that judges. Who was not a moment ago begins from what the one before it has saved.
    fn may(&mut self, hub: &Hub) -> bool {
        let term = hub.duties.term(JUDGE);
        if term != self.term {
            self.desks.clear();
            hub.may_have_missed();
            (self.term, self.asked) = (term, None);
        }
        term.is_some()
    }

    fn work(&mut self, hub: &Hub, source: &str) -> Result<bool, String> {
        if !self.desks.contains_key(source) {
            let term = self.term.unwrap_or_default();
            self.desks.insert(source.to_owned(), Desk::open(hub, &hub.rules.now(), (source, term))?);
        }
        let worked = self.desks.get_mut(source).map_or(Ok(false), |desk| desk.work(hub));
        if worked.is_err() && hub.duties.are_shared() {
            // Another hub may have gone on from what is saved.
            self.desks.remove(source);
        }
        worked
    }

    /// Ids of events are forgotten when nobody sends them again any more.
    fn sweep(&mut self, hub: &Hub) {
        let (often, most) = SWEEP;
        if self.swept.elapsed() >= often {
            let keep = Keep { expired: Some(Timestamp::now()), ..Keep::default() };
            let more = hub.store.sweep(&keep, most).is_ok_and(|swept| swept.more);
            if !more {
                self.swept = Instant::now();
            }
        }
    }
}
