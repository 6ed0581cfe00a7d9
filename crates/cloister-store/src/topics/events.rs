//! Ids of events that were dealt with: whoever sends one again changes nothing.

use jiff::Timestamp;

use crate::Result;

/// Ids of events, in scopes that do not know of each other. Remember an id only after what it brought is stored: asking and
/// remembering are two calls, so that an answer that gets lost loses no event.
pub trait Events {
    /// Which of these are remembered at this time, in their order.
    ///
    /// # Errors
    /// The store fails.
    fn remembered(&self, scope: &str, ids: &[String], now: Timestamp) -> Result<Vec<bool>>;

    /// Remembers them until then; those that are remembered already until the later of both times. How many were not.
    ///
    /// # Errors
    /// The store fails.
    fn remember(&self, scope: &str, ids: &[String], now: Timestamp, until: Timestamp) -> Result<u64>;
}
