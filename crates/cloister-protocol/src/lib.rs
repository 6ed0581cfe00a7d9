//! What two sides say to each other: the bytes of a connection → messages and
//! the values in them, each with its place.
//!
//! Readers push: they hold no more than they must, copy nothing that they can
//! lend, and go on after loss, lies and what they do not know. Nothing here
//! judges what is personal.

mod amqp;
mod coding;
mod content;
mod conversation;
mod dns;
mod gather;
mod http1;
mod http2;
mod input;
mod kafka;
mod message;
mod mongodb;
mod mysql;
mod postgres;
mod redis;
mod seek;
mod session;
mod sides;
mod smtp;
mod sql;
mod text;
mod tls;
pub mod transcript;
mod websocket;

pub use cloister_packet::{Side, Transport};
pub use coding::Chain;
pub use conversation::{Conversation, Limits, Progress};
pub use message::{Head, MessageId, Place, Protocol, Sink, Trouble};
pub use session::{Circumstances, Session};
pub(crate) use sides::Sides;
