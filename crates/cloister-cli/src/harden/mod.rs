//! `cloister harden`: good configurations, written for what is in the input. The configuration goes to standard output,
//! how to bring it in to standard error.

pub mod args;
mod audit_policy;

use std::process::ExitCode;

use crate::terminal::Terminal;
use args::{Harden, HardenCommand};

/// Reads and writes.
pub fn run(harden: &Harden, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &harden.command {
        HardenCommand::AuditPolicy(input) => audit_policy::run(input, terminal),
    }
}
