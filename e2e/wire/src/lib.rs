//! How much of a wire the sensor can follow: conversations of a clinic's services, prepared as frames, sent at a rate
//! from one network namespace to another, where the real sensor captures.

#![allow(clippy::disallowed_methods, reason = "a measurement: it runs programs, asks the clock and reads /proc")]

mod bodies;
mod conversation;
mod lab;
mod load;
mod plan;
mod sender;
mod sensor;

pub use bodies::Coding;
pub use conversation::Template;
pub use load::{Load, Sent, Shape};
pub use plan::{record, run};
