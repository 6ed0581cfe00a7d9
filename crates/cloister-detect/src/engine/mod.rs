//! Finds what is personal in a stream of bytes, in whatever pieces it arrives.
//!
//! Each finder looks for the bytes that give a kind of value away (a digit, an
//! `@`, the mark behind a name, the first letters of a key) and judges what
//! stands around: no more than a bounded stretch, so that memory is bounded,
//! the cost is linear, and a cut changes nothing.

mod announce;
mod beside;
mod candidate;
mod cluster;
mod found;
mod known;
mod letters;
mod masks;
mod numbers;
mod passed;
mod quiet;
mod room;
mod rules;
mod stream;
mod table;
mod text;

pub use announce::{Near, Words, may_tell};
pub use found::Found;
pub use masks::{Marks, marks, named_at_end};
pub use numbers::stands_apart;
pub use stream::Stream;
pub use table::Special;
pub use text::{LONGEST, Text, ends_word, is_word};
