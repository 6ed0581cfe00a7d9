//! `cloister audit`: what an API server writes of whom, and what somebody should know of it.

pub mod args;
mod detect;
mod explain;
mod found;
pub mod rules;

use std::process::ExitCode;

use crate::terminal::Terminal;
use args::{Audit, AuditCommand, PolicyCommand, RulesCommand};

/// Reads and answers.
pub fn run(audit: &Audit, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &audit.command {
        AuditCommand::Policy(policy) => {
            let PolicyCommand::Explain(question) = &policy.command;
            explain::run(question, terminal)
        }
        AuditCommand::Detect(detect) => detect::run(detect, terminal),
        AuditCommand::Rules(rules) => match &rules.command {
            RulesCommand::List(list) => rules::list(list, terminal),
            RulesCommand::Test(test) => rules::test(test, terminal),
        },
    }
}
