//! What is kept no longer: of assessments in the evidence log all for some time, then one a week of each source, until the
//! log's own policy erases that, too. Each erasure is an entry of the log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloister_evidence::{Kind, Retention};
use jiff::Timestamp;

use crate::Hub;
use crate::hub::Refused;
use crate::keep::recorded;

/// How long all assessments are kept, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepDays(pub u32);

impl Default for KeepDays {
    fn default() -> KeepDays {
        KeepDays(90)
    }
}

/// How many bytes of assessments an agent may have recorded a day, as they are kept: packed, in the log and in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota(pub u64);

impl Default for Quota {
    fn default() -> Quota {
        Quota(256 << 20)
    }
}

/// A log without a policy gets this one: three years, as actions of fines and damages take to lapse in much of the Union.
const POLICY_DAYS: u32 = 3 * 365;
/// So often it is looked for what is due.
const LOOK: Duration = Duration::from_secs(3600);
/// So often it is looked whether what was lost can be assessed again.
const FIND: Duration = Duration::from_secs(5);
/// So many runs lose their bodies at a time.
const SWEPT: u32 = 200;

impl Hub {
    /// Lets go of what was kept long enough, from a thread of its own, until the hub is gone.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start_keeping(self: &Arc<Hub>) -> std::io::Result<()> {
        let hub = Arc::downgrade(self);
        std::thread::Builder::new().name("keeping".to_owned()).spawn(move || {
            let (mut last, mut found): (Option<Instant>, _) = (None, Instant::now());
            while let Some(hub) = hub.upgrade() {
                if found.elapsed() >= FIND {
                    hub.find_lost();
                    found = Instant::now();
                }
                if last.is_none_or(|last| last.elapsed() >= LOOK) {
                    // What fails now is tried again in an hour.
                    let _ = hub.let_go(Timestamp::now());
                    last = Some(Instant::now());
                }
                drop(hub);
                std::thread::sleep(Duration::from_secs(1));
            }
        })?;
        Ok(())
    }

    /// Lets go of what was kept long enough. If it ends in the middle, the rest goes the next time.
    pub fn let_go(&self, now: Timestamp) -> Result<(), Refused> {
        let days = self.config.keep_days.0;
        let before = recorded::days_before(now, days);
        let store = &*self.store;
        if let Some(log) = &self.config.log {
            let policy = log.policy().map_err(Refused::Record)?;
            if policy.is_none() {
                let policy =
                    Retention { retention_days: [(Kind::Assessment, POLICY_DAYS), (Kind::Report, POLICY_DAYS)].into() };
                self.record(Kind::Configuration, &serde_json::to_value(policy).unwrap_or_default())?;
            }
            for (id, week) in recorded::weeks(store, self.log_name(), before)? {
                let reason = format!("all assessments of {days} days are kept, then the last one of each week");
                log.erase(week.others(), &reason).map_err(Refused::Record)?;
                recorded::thinned(store, &id, &week, now)?;
            }
            if let Some(policy) = policy {
                log.erase(log.due(&policy, now), "kept as long as the policy of this log says")
                    .map_err(Refused::Record)?;
            }
        }
        crate::scanners::let_go(store, before, now)?;
        let keep = cloister_store::Keep { bodies: Some(before), ..cloister_store::Keep::default() };
        while store.sweep(&keep, SWEPT)?.more {}
        Ok(())
    }
}
