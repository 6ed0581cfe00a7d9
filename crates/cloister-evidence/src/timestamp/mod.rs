//! By which time a head was there, as an authority for it says (RFC 3161, RFC 5816).
//!
//! ```text
//!  head ─ SHA-256 ─▶ request ─▶ authority ─▶ answer ─▶ token   kept beside the log, with the head
//!                                                        │
//!             certificate of its authority ──────────────┴──▶ "this was there at …", without a network
//! ```
//! A witness says that a log goes on; an authority for time says that a head is not younger than it claims. What is checked of
//! a token: that it is of these bytes, that it is signed over attributes that name the signer's certificate, that this
//! certificate is for stamping times alone, was valid then, and leads to an authority that whoever checks has named.

mod algorithm;
#[cfg(feature = "ask")]
pub mod ask;
mod authorities;
mod der;
mod info;
mod objects;
mod request;
mod token;

pub use authorities::{Authorities, NoAuthorities};
pub use request::{APART, NONCE, NoPolicy, Request};
pub use token::check;

use jiff::{SignedDuration, Timestamp};

/// What an authority has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Whose certificate has signed it, in the words of RFC 4514.
    pub by: String,
    /// By when what is stamped was there.
    pub time: Timestamp,
    /// How far that may be off.
    pub accuracy: SignedDuration,
    /// By which policy: an object identifier.
    pub policy: String,
    /// By which number the authority knows it, in hex.
    pub serial: String,
    nonce: Option<Vec<u8>>,
}

/// Why bytes are no timestamp that can be relied on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTimestamp {
    /// Not the structure that it should be.
    #[error("{0}")]
    Form(&'static str),
    /// The authority gives none.
    #[error("the authority refuses: {0}")]
    Refused(String),
    /// A digest or signature that is not known here.
    #[error("made by an algorithm that is not known here: {0}")]
    Algorithm(String),
    /// Of other bytes.
    #[error("it is a timestamp of something else")]
    Imprint,
    /// An answer to another request.
    #[error("it answers another request: its nonce is not the one that was sent")]
    Nonce,
    /// By another policy.
    #[error("it is by the policy {0}, which was not asked for")]
    Policy(String),
    /// A time that cannot be.
    #[error("it says {said}, and here it was {here}: one of the clocks is wrong")]
    Clock {
        /// By the authority.
        said: Timestamp,
        /// By the clock of this machine.
        here: Timestamp,
    },
    /// What it says is not what was signed.
    #[error("what it says is not what was signed")]
    Content,
    /// It does not name, or not have with it, the certificate of its signer.
    #[error("the certificate of its signer is not in it, or is not the one that it names")]
    Signer,
    /// The signature is of something else, or of another key.
    #[error("its signature does not fit")]
    Signature,
    /// The certificate is not for this.
    #[error("its certificate is not for stamping times alone (extendedKeyUsage timeStamping, critical)")]
    Usage,
    /// Of an authority that nobody has named.
    #[error("its certificate leads to no authority that is trusted here")]
    Stranger,
    /// The certificate.
    #[error("its certificate {0}")]
    Chain(String),
}
