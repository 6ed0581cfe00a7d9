//! Pod security.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod privileged_container;

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
    entry!(PodSecurity, privileged_container),
];
