//! `cloister audit`: what an API server writes of whom.

pub mod args;
mod explain;

use std::process::ExitCode;

use crate::terminal::Terminal;
use args::{Audit, AuditCommand, PolicyCommand};

/// Reads and answers.
pub fn run(audit: &Audit, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let AuditCommand::Policy(policy) = &audit.command;
    let PolicyCommand::Explain(question) = &policy.command;
    explain::run(question, terminal)
}
