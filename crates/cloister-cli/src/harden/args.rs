//! The command line of `cloister harden`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::input::Sources;
use crate::rbac::args::Cluster;

#[derive(Debug, Args)]
pub struct Harden {
    #[command(subcommand)]
    pub command: HardenCommand,
}

#[derive(Debug, Subcommand)]
pub enum HardenCommand {
    /// An audit policy for kube-apiserver: all that a breach needs, and no content.
    AuditPolicy(Input),
}

/// What a configuration is written for.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 written, 2 some input could not be read.")]
pub struct Input {
    /// Files, folders, globs, charts, or - for standard input [default: this folder].
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub live: Cluster,
}

impl Input {
    /// What to read.
    pub fn sources(&self) -> Sources {
        self.live.sources(&self.paths)
    }
}
