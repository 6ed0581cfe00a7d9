//! A host is read as it is, nothing outside of its root is opened, and nothing that opens a door leaves it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "a test that lays out a host")]

mod claims;
mod disks;
mod distributions;
mod files;
mod host;
mod processes;
mod secrets;
mod swaps;
