//! Who is signed in. The store knows a hash of the token only: whoever reads it can sign in as nobody.

use std::fmt;

use jiff::Timestamp;

use crate::Result;

/// SHA-256 of a token. Shown nowhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(…)")
    }
}

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// By which it is found.
    pub token: TokenHash,
    /// Who is signed in.
    pub who: String,
    /// Since when.
    pub created: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
    /// When it ends, used or not.
    pub until: Timestamp,
    /// What the hub keeps with it: roles, a token against forged requests.
    pub body: Vec<u8>,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Sessions. One that was seen as ended is gone, even if the clock jumps back.
pub trait Sessions {
    /// Begins a session; whatever has the same token is replaced.
    ///
    /// # Errors
    /// The store fails.
    fn begin_session(&self, session: &Session) -> Result<()>;

    /// The session with this token that has not ended at this time.
    ///
    /// # Errors
    /// The store fails.
    fn session(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Session>>;

    /// Notes that it was used, if it has not ended; never moves the time of its last use back. Whether it is there.
    ///
    /// # Errors
    /// The store fails.
    fn use_session(&self, token: &TokenHash, now: Timestamp) -> Result<bool>;

    /// Ends a session. Whether there was one.
    ///
    /// # Errors
    /// The store fails.
    fn end_session(&self, token: &TokenHash) -> Result<bool>;

    /// The sessions of somebody that have not ended at this time, those that began last first; of one time, as their
    /// tokens' hashes are ordered. None is used by it, and none dropped.
    ///
    /// # Errors
    /// The store fails.
    fn sessions_of(&self, who: &str, now: Timestamp) -> Result<Vec<Session>>;

    /// Ends all sessions of somebody. How many there were.
    ///
    /// # Errors
    /// The store fails.
    fn end_sessions_of(&self, who: &str) -> Result<u64>;
}
