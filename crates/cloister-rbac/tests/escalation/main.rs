//! Each way to climb: when it is there, and when it only looks so; and whether these tests would notice a wrong closure.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod admission;
mod bugs;
mod identities;
mod nodes;
mod pods;
mod roles;
mod support;
