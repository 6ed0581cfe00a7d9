//! The hub on a real PostgreSQL: one that goes on when the database restarts, and two that behave as one, of which one is killed.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests run programs"
)]

mod events;
mod restart;
mod site;
mod two;
