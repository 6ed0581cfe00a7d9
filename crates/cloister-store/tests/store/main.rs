//! One contract over every store: SQLite, a real PostgreSQL, and the plain model that the others are compared with; then
//! what happens when things break.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests that start servers and kill processes"
)]

mod contract;
mod errors;
mod faults;
mod made;
mod migrations;
mod model;
mod property;
mod restart;
mod server;
mod tls;
