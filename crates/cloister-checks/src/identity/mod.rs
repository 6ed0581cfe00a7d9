//! Identity and access.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
];
