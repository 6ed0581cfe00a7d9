//! `cloister harden audit-policy`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cloister_harden::audit_policy::{ROLLOUT, write};
use cloister_register::Register;

use crate::input::Sources;
use crate::input::args::Cluster;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;
use crate::warn;

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 written, 2 some input could not be read.")]
pub struct AuditPolicy {
    /// Files, folders, globs, charts, or - for standard input [default: this folder].
    pub paths: Vec<PathBuf>,

    /// The same, as other commands name it.
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "paths", help_heading = "Input")]
    pub from: Vec<PathBuf>,

    #[command(flatten)]
    pub live: Cluster,
}

impl AuditPolicy {
    fn sources(&self) -> Sources {
        self.live.sources(if self.from.is_empty() { &self.paths } else { &self.from })
    }
}

/// Writes the policy, and says how to bring it in.
pub fn run(input: &AuditPolicy, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (inventory, lost) = read(input.sources(), terminal)?;
    let (register, diagnostics) = Register::from_inventory(&inventory);
    warn::warn(&diagnostics);
    if register.namespaces_with_personal_data().is_empty() {
        eprintln!("note: the register names no namespace with personal data; `cloister register init` drafts one\n");
    }
    print(&write(&register))?;
    eprint!("{ROLLOUT}");
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}
