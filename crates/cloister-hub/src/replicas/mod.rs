//! Several hubs on one database: what one of them does for all, and how the others know of it.
//!
//! ```text
//!  duties  leases of the store ─▶ who judges and tells people; who records each source that is watched
//!  follow  store, every second ─▶ assessments, decisions, breaches, alerts and detections of the others ─▶ pages, events
//! ```
//! Whoever loses a duty may not know it yet. So what is written under one counts only where nobody else has it: an assessment names
//! the lease's number, and the judge's memory and the book of alerts are put over the version that was read.

pub mod duties;
pub mod follow;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::duties::Duties;
pub use self::follow::Decided;
use self::follow::Follow;
use crate::Hub;

/// Judging events, and telling people.
pub const JUDGE: &str = "judge";
/// So often leases are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// So often it is looked what others did.
const FOLLOW: Duration = Duration::from_secs(1);

/// Assessing a source, for the record.
pub fn watch(source: &str) -> String {
    format!("watch/{source}")
}

impl Hub {
    /// Does its part of what several hubs on one store do, from threads of their own, until the hub is gone.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start_replicas(self: &Arc<Hub>) -> std::io::Result<()> {
        self.duties.want(&*self.store, JUDGE);
        let hub = Arc::downgrade(self);
        std::thread::Builder::new().name("duties".to_owned()).spawn(move || {
            while let Some(hub) = hub.upgrade() {
                let taken = hub.duties.look(&*hub.store);
                taken.iter().filter_map(|name| name.strip_prefix("watch/")).for_each(|source| hub.assess_anew(source));
                drop(hub);
                std::thread::sleep(LOOK);
            }
        })?;
        let (hub, mut follow) = (Arc::downgrade(self), Follow::default());
        std::thread::Builder::new().name("replicas".to_owned()).spawn(move || {
            while let Some(hub) = hub.upgrade() {
                let begun = Instant::now();
                // What fails now is looked at again in a second.
                let _ = follow.look(&hub);
                drop(hub);
                std::thread::sleep(FOLLOW.saturating_sub(begun.elapsed()).max(FOLLOW / 10));
            }
        })?;
        Ok(())
    }
}
