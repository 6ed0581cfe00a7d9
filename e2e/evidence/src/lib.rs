//! Logs for verifiers that share no line with ours, and for the benchmark.
#![allow(clippy::disallowed_methods)] // files and clocks are this crate's work

pub mod load;
