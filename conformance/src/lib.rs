//! Other projects' cases as judges. The cases themselves lie outside the
//! project: `CLOISTER_CONFORMANCE` names the folder, `../shared/conformance`
//! is where it is looked for otherwise.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: reads the cases")]

mod host_data;
pub mod network_connectivity;
pub mod truth_tables;
pub mod workload_checks;

use std::path::{Path, PathBuf};

/// The folder of cases, if there is one.
pub fn cases() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance");
    let folder = std::env::var_os("CLOISTER_CONFORMANCE").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}
