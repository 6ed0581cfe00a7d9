//! The contract in SQL, written once: what SQLite and PostgreSQL both understand.

mod assessments;
mod batch;
mod detections;
mod diff;
mod documents;
mod engine;
mod events;
mod filter;
mod findings;
mod leases;
mod migrations;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod queues;
mod requirements;
mod retention;
mod sessions;
pub(crate) mod sqlite;

pub(crate) use engine::{Engine, Row, Tx, Value};
pub use migrations::SCHEMA;

/// A database that keeps the contract.
pub struct Database<E> {
    pub(crate) engine: E,
}

impl<E> std::fmt::Debug for Database<E> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Database")
    }
}
