//! What only one of several replicas does at a time.

use std::time::Duration;

use jiff::Timestamp;

use crate::Result;

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Who has it.
    pub holder: String,
    /// Grows whenever another one gets it: what carries a smaller number comes from somebody who lost it.
    pub fence: u64,
    /// When it was taken or last renewed.
    pub taken: Timestamp,
    /// For how long from then.
    pub length: Duration,
}

/// A lease as it was when it was taken: what is done under it is not done once another one has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Its name.
    pub name: String,
    /// Its number, [`Lease::fence`].
    pub fence: u64,
}

impl Lease {
    /// Whether it holds at this time: within its length of when it was taken, before or after, so that neither a clock
    /// that is a little behind ends it, nor one that jumped far back makes it last.
    pub fn holds(&self, now: Timestamp) -> bool {
        (now.as_microsecond() - self.taken.as_microsecond()).unsigned_abs() < micros(self.length)
    }
}

/// Whole microseconds, as stores keep them.
pub(crate) fn micros(length: Duration) -> u64 {
    u64::try_from(length.as_micros()).unwrap_or(u64::MAX).min(i64::MAX as u64)
}

/// Leases by name.
pub trait Leases {
    /// Takes a lease that nobody holds, or renews one's own. None while another one holds it.
    ///
    /// # Errors
    /// The store fails.
    fn acquire(&self, name: &str, holder: &str, now: Timestamp, length: Duration) -> Result<Option<Lease>>;

    /// Gives one's own lease up. Whether it was one's own.
    ///
    /// # Errors
    /// The store fails.
    fn release(&self, name: &str, holder: &str) -> Result<bool>;

    /// Who holds or last held it.
    ///
    /// # Errors
    /// The store fails.
    fn lease(&self, name: &str) -> Result<Option<Lease>>;
}
