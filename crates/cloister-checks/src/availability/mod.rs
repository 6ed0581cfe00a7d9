//! Availability, resilience and restore.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod no_memory_limit;

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
    entry!(Availability, no_memory_limit),
];
