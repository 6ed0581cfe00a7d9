//! Judges: what others say of the same input, beside what Cloister says, counted.

pub mod audit_policy;
pub mod authorizers;
pub mod climb;
pub mod configurations;
pub mod escalation;
pub mod flags;
pub mod identifiers;
pub mod large_cluster;
pub mod live;
pub mod messages;
pub mod minimize;
pub mod network;
pub mod packets;
pub mod pod_security;
pub mod probe;
pub mod rbac;
pub mod recognition;
mod report;
pub mod streams;
pub mod yaml;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

pub use cloister_dice::Dice;

/// The `cloister` that was built beside the program that runs.
fn cloister() -> Result<PathBuf> {
    let own = std::env::current_exe().context("failed to find this program")?;
    // Tests run one folder below.
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("cloister")).find(|path| path.is_file());
    let path = found.with_context(|| format!("cloister was not built beside {}", own.display()))?;
    ensure!(path.is_absolute(), "{} is not absolute", path.display());
    Ok(path)
}
