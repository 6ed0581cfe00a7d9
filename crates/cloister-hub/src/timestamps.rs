//! By when the record's head was there: an authority for time stamps it, once each so often when it grew.
//!
//! What goes wrong is told, to whoever runs the hub and on the page of the record, and stops nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cloister_evidence::folder::{Snapshot, stamps};
use cloister_evidence::timestamp::ask::Authority;
use jiff::Timestamp;

use crate::Hub;

/// After what went wrong it is tried again so soon, at the latest.
const AGAIN: Duration = Duration::from_secs(5 * 60);

/// Which authority is asked, and how often.
#[derive(Debug)]
pub struct Timestamping {
    authority: Authority,
    every: Duration,
    fared: Mutex<Fared>,
}

/// How it went.
#[derive(Clone, Debug, Default)]
pub struct Fared {
    /// The last one that this process has got.
    pub last: Option<Stamped>,
    /// When and why the last attempt came to nothing.
    pub trouble: Option<(Timestamp, String)>,
}

/// A head that was stamped.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// Its entries.
    pub size: u64,
    /// By when they were there.
    pub time: Timestamp,
    /// Who says so.
    pub by: String,
}

impl Timestamping {
    /// Asks this authority so often.
    pub fn new(authority: Authority, every: Duration) -> Timestamping {
        Timestamping { authority, every, fared: Mutex::default() }
    }

    /// How it went.
    pub fn fared(&self) -> Fared {
        self.fared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The authority's host.
    pub fn host(&self) -> &str {
        self.authority.host()
    }
}

impl Hub {
    /// Has the record's head stamped, from a thread of its own, until the hub is gone. Does nothing where nobody is named.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start_timestamps(self: &Arc<Hub>) -> std::io::Result<()> {
        let Some(every) = self.config.timestamps.as_ref().map(|it| it.every) else { return Ok(()) };
        let hub = Arc::downgrade(self);
        std::thread::Builder::new().name("timestamps".to_owned()).spawn(move || {
            let mut next = Instant::now();
            while let Some(hub) = hub.upgrade() {
                if next <= Instant::now() {
                    let went_well = hub.stamp();
                    next = Instant::now() + if went_well { every } else { every.min(AGAIN) };
                }
                drop(hub);
                std::thread::sleep(Duration::from_secs(1));
            }
        })?;
        Ok(())
    }

    /// Has the head stamped, if it grew since the last time; whether that went well.
    pub fn stamp(&self) -> bool {
        let Some(stamping) = &self.config.timestamps else { return true };
        let came = self.stamped(stamping);
        let went_well = came.is_ok();
        let mut fared = stamping.fared.lock().unwrap_or_else(PoisonError::into_inner);
        let was = fared.trouble.take().map(|(_, why)| why);
        match came {
            Ok(stamped) => {
                fared.last = stamped.or_else(|| fared.last.take());
                if was.is_some() {
                    self.say("the evidence log's head is stamped with the time again");
                }
            }
            Err(why) => {
                // The same is told once.
                if was.as_ref() != Some(&why) {
                    self.say(&format!(
                        "the evidence log's head is not stamped with the time: {why}; it is tried again"
                    ));
                }
                fared.trouble = Some((Timestamp::now(), why));
            }
        }
        went_well
    }

    fn stamped(&self, stamping: &Timestamping) -> Result<Option<Stamped>, String> {
        let Some(log) = &self.config.log else { return Ok(None) };
        let now = Snapshot::take(log.path(), log.verifier()).map_err(|fault| fault.to_string())?;
        let size = now.head().size;
        if size <= stamps::last(log.path()) {
            return Ok(None);
        }
        let (token, stamp) = stamping.authority.stamp(now.note().as_bytes()).map_err(|why| why.to_string())?;
        stamps::keep(log.path(), now.note(), &token).map_err(|error| format!("it cannot be kept: {error}"))?;
        Ok(Some(Stamped { size, time: stamp.time, by: stamp.by }))
    }
}
