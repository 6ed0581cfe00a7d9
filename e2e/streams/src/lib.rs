//! Streams: real clients and servers in network namespaces, between them a forwarder that loses, doubles, disorders and
//! cuts packets; what was captured is put together by `cloister-packet` and by tshark, and both must be what was sent.

#![allow(clippy::disallowed_methods, reason = "tests run programs, ask the clock and write files")]

pub mod faults;
mod file;
pub mod forwarder;
mod judge;
mod lab;
mod ours;
mod page;
mod sessions;
mod tshark;
mod web;
mod wrap;

pub use judge::{FULL_COUNT, Tally, run};
pub use lab::{Lab, inside};
