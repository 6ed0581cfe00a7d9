//! What only one of several hubs does: each duty is a lease of the store.
//!
//! Clocks of several machines differ, so none is compared with another one's: a lease is over when nobody renewed it for its length
//! by the clock of whoever looks on, and its holder stops a while before that by its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use cloister_store::{Error, Lease, Store};
use jiff::Timestamp;

/// After so long without being renewed a lease is another one's.
pub const LENGTH: Duration = Duration::from_secs(15);
/// So often it is renewed.
const RENEW: Duration = Duration::from_secs(3);
/// So long after it was renewed last its holder counts on it.
const SURE: Duration = Duration::from_secs(10);

/// The duties that this process has or would take.
#[derive(Debug, Default)]
pub struct Duties {
    /// Who this is to others; none where there are no others.
    holder: OnceLock<String>,
    all: Mutex<BTreeMap<String, Duty>>,
}

#[derive(Debug, Default)]
struct Duty {
    /// Its number, and when it was renewed last; also while that is so long ago that it counts no more.
    held: Option<(u64, Instant)>,
    /// Another one's lease, and since when it is as it is.
    seen: Option<(Lease, Instant)>,
}

impl Duties {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Duty>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There are others from now on.
    pub fn share(&self) -> std::io::Result<()> {
        let holder = crate::who::secret::new()?;
        self.holder.get_or_init(|| holder);
        Ok(())
    }

    /// Whether there may be others.
    pub fn are_shared(&self) -> bool {
        self.holder.get().is_some()
    }

    /// This process could do it. It has it at once, where nobody else does.
    pub fn want(&self, store: &dyn Store, name: &str) {
        self.all().entry(name.to_owned()).or_default();
        self.look(store);
    }

    /// The number under which this process has a duty, 0 where there are no others; none where it has not.
    pub fn term(&self, name: &str) -> Option<u64> {
        if !self.are_shared() {
            return Some(0);
        }
        let (fence, renewed) = self.all().get(name)?.held?;
        (renewed.elapsed() < SURE).then_some(fence)
    }

    /// Whether this process has it.
    pub fn has(&self, name: &str) -> bool {
        self.term(name).is_some()
    }

    /// Renews what it has, and takes what nobody does: the names of what it has now and did not have before. Blocks.
    pub fn look(&self, store: &dyn Store) -> Vec<String> {
        let Some(holder) = self.holder.get() else { return Vec::new() };
        let names: Vec<String> = self.all().keys().cloned().collect();
        names.into_iter().filter(|name| self.look_at(store, (holder, name))).collect()
    }

    fn look_at(&self, store: &dyn Store, (holder, name): (&str, &str)) -> bool {
        let (held, seen) = self.all().get(name).map(|duty| (duty.held, duty.seen.clone())).unwrap_or_default();
        if held.is_some_and(|(_, renewed)| renewed.elapsed() < RENEW) {
            return false;
        }
        let begun = Instant::now();
        let asked = tried(store, (holder, name), seen, begun);
        let mut all = self.all();
        let Some(duty) = all.get_mut(name) else { return false };
        match asked {
            Ok((Some(lease), _)) => {
                let is_new = held.is_none_or(|(fence, renewed)| fence != lease.fence || renewed.elapsed() >= SURE);
                (duty.held, duty.seen) = (Some((lease.fence, begun)), None);
                is_new
            }
            Ok((None, seen)) => {
                (duty.held, duty.seen) = (None, seen);
                false
            }
            // Nobody renews while the store is away: whoever had it has time to.
            Err(_) => {
                duty.seen = None;
                false
            }
        }
    }

    /// Gives up what it has, so that others need not wait. Blocks.
    pub fn end(&self, store: &dyn Store) {
        let Some(holder) = self.holder.get() else { return };
        for (name, _) in std::mem::take(&mut *self.all()) {
            // Where that fails it is over after its length.
            let _ = store.release(&name, holder);
        }
    }
}

type Tried = (Option<Lease>, Option<(Lease, Instant)>);

/// Takes what nobody has, one's own, or what was not renewed for its length.
fn tried(
    store: &dyn Store,
    (holder, name): (&str, &str),
    seen: Option<(Lease, Instant)>,
    now: Instant,
) -> Result<Tried, Error> {
    let clock = Timestamp::now();
    let at = match store.lease(name)? {
        None => clock,
        Some(lease) if lease.holder == holder || lease.length.is_zero() => clock,
        Some(lease) => {
            let since = seen.filter(|(known, _)| *known == lease).map_or(now, |(_, since)| since);
            if now.duration_since(since) < LENGTH {
                return Ok((None, Some((lease, since))));
            }
            // Whatever its holder's clock said: unless it renews it at this moment, it is over.
            if lease.holds(clock) { lease.taken + lease.length } else { clock }
        }
    };
    Ok((store.acquire(name, holder, at, LENGTH)?, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> (std::sync::Arc<dyn Store>, Duties, Duties) {
        let (one, two) = (Duties::default(), Duties::default());
        one.share().unwrap();
        two.share().unwrap();
        (crate::keep::store(None).unwrap(), one, two)
    }

    #[test]
    fn who_is_alone_has_every_duty_and_of_two_one_has_it() {
        assert_eq!(Duties::default().term("judge"), Some(0));
        let (store, one, two) = two();
        assert!(!one.has("judge"), "nobody has what they did not ask for");
        one.want(&*store, "judge");
        two.want(&*store, "judge");
        assert!(one.term("judge") == Some(1) && !two.has("judge"));
        one.end(&*store);
        assert!(!one.has("judge"), "what is given up is no longer had");
        assert_eq!(two.look(&*store), ["judge"], "and is another one's at once");
        assert_eq!(two.term("judge"), Some(2));
    }

    #[test]
    fn a_lease_is_over_when_it_was_not_renewed_and_not_by_a_clock() {
        let (store, _, two) = two();
        // The clock of whoever has it is an hour behind, or ahead.
        for hours in [-1, 1] {
            let clock = Timestamp::now() + jiff::SignedDuration::from_hours(hours);
            let name = format!("judge{hours}");
            store.acquire(&name, "one", clock, LENGTH).unwrap().unwrap();
            two.want(&*store, &name);
            assert!(!two.has(&name));
            // As if it had looked on for so long.
            let age = |by| {
                if let Some((_, since)) = &mut two.all().get_mut(&name).unwrap().seen {
                    *since -= by;
                }
            };
            age(LENGTH - Duration::from_secs(1));
            assert!(two.look(&*store).is_empty());
            store.acquire(&name, "one", clock + jiff::SignedDuration::from_secs(5), LENGTH).unwrap().unwrap();
            age(LENGTH);
            assert!(two.look(&*store).is_empty(), "it was renewed meanwhile");
            age(LENGTH);
            assert_eq!(two.look(&*store), std::slice::from_ref(&name));
            assert!(store.lease(&name).unwrap().unwrap().fence == 2);
        }
    }

    #[test]
    fn who_cannot_renew_stops_before_another_one_begins() {
        assert!(SURE < LENGTH && RENEW * 3 < SURE);
        let (store, one, _) = two();
        one.want(&*store, "judge");
        let age = |by| {
            if let Some((_, renewed)) = &mut one.all().get_mut("judge").unwrap().held {
                *renewed -= by;
            }
        };
        age(SURE);
        assert!(!one.has("judge"));
        assert_eq!(one.look(&*store), ["judge"], "what was not done meanwhile is done now");
        assert_eq!(one.term("judge"), Some(1), "nobody had it meanwhile");
        age(SURE);
        store.release("judge", one.holder.get().unwrap()).unwrap();
        store.acquire("judge", "two", Timestamp::now(), LENGTH).unwrap().unwrap();
        assert!(one.look(&*store).is_empty() && !one.has("judge"));
    }
}
