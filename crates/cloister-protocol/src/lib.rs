//! What two sides say to each other: the bytes of a connection → messages and
//! the values in them, each with its place.
//!
//! Readers push: they hold no more than they must, copy nothing that they can
//! lend, and go on after loss, lies and what they do not know. Nothing here
//! judges what is personal.

#[allow(dead_code, reason = "used by the readers")]
mod coding;
mod content;
mod conversation;
#[allow(dead_code, reason = "used by the readers")]
mod gather;
mod http1;
mod message;
mod session;
mod sides;
mod text;
pub mod transcript;

pub use cloister_packet::{Side, Transport};
pub use coding::Chain;
pub use conversation::{Conversation, Limits, Progress};
pub use message::{Head, MessageId, Place, Protocol, Sink, Trouble};
pub use session::{Circumstances, Session};
pub(crate) use sides::Sides;
