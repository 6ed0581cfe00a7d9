//! The thread that judges: from source to source, as long as there is a hub.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloister_store::Keep;
use jiff::Timestamp;

use super::desk::Desk;
use super::place;
use crate::Hub;

/// So long it waits for something to come in.
const PAUSE: Duration = Duration::from_millis(250);
/// So long after a fault it tries again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often what expired is dropped, and how much of it at once.
const SWEEP: (Duration, u32) = (Duration::from_secs(60), 10_000);

/// Starts it.
///
/// # Errors
/// There is no thread for it.
pub fn start(hub: &Arc<Hub>) -> std::io::Result<()> {
    hub.rules.begin(hub);
    let holder = crate::who::secret::new()?;
    let hub = Arc::downgrade(hub);
    std::thread::Builder::new().name("judge".to_owned()).spawn(move || {
        let mut rounds = Rounds { holder, held: None, desks: BTreeMap::new(), begun: false, swept: Instant::now() };
        while let Some(hub) = hub.upgrade() {
            if !rounds.round(&hub) {
                hub.ingest.wait(PAUSE);
            }
        }
    })?;
    Ok(())
}

/// Of several hubs on one database one judges: whoever holds this.
const LEASE: (&str, Duration) = ("judge", Duration::from_secs(30));

struct Rounds {
    /// Who this is to other hubs, and when it last held the lease.
    holder: String,
    held: Option<Instant>,
    desks: BTreeMap<String, Desk>,
    /// Whether the queues that a process before this one left are known.
    begun: bool,
    swept: Instant,
}

impl Rounds {
    /// Works at each desk once. Whether there was anything to do.
    fn round(&mut self, hub: &Hub) -> bool {
        if !self.may(hub) {
            self.desks.clear();
            return false;
        }
        if (!self.begun || hub.config.store.is_some())
            && let Ok(sources) = place::sources(&*hub.store)
        {
            sources.iter().for_each(|source| hub.ingest.has_queue(source));
            self.begun = true;
        }
        if hub.rules.look(hub) {
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

    /// Whether this is the one that judges. A file in one's own folder nobody else writes.
    fn may(&mut self, hub: &Hub) -> bool {
        let (name, length) = LEASE;
        if hub.config.store.is_none() || self.held.is_some_and(|held| held.elapsed() < length / 3) {
            return true;
        }
        let taken = hub.store.acquire(name, &self.holder, Timestamp::now(), length);
        self.held = matches!(taken, Ok(Some(_))).then(Instant::now);
        self.held.is_some()
    }

    fn work(&mut self, hub: &Hub, source: &str) -> Result<bool, String> {
        if !self.desks.contains_key(source) {
            self.desks.insert(source.to_owned(), Desk::open(hub, &hub.rules.now(), source)?);
        }
        self.desks.get_mut(source).map_or(Ok(false), |desk| desk.work(hub))
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
