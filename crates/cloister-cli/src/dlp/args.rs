//! The arguments of `cloister dlp`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::threshold::{Threshold, threshold};

/// Try policies of data-loss prevention.
#[derive(Debug, Args)]
pub struct Dlp {
    #[command(subcommand)]
    pub command: DlpCommand,
}

#[derive(Debug, Subcommand)]
pub enum DlpCommand {
    /// Replay a recording through a policy, and print what would happen.
    Try(Try),
}

/// Replay a recording through a policy, and print what would happen.
///
/// Reads a pcap or pcapng file, follows what both sides said, recognises personal data
/// and credentials, and judges them by the register and by every DlpPolicy of the input:
/// what would be found and done, why, and what is let through for which reason.
/// No value is shown or kept. Addresses are told by the pods, Services and nodes of the
/// inventory, such as `kubectl get pods,services,nodes -A -o yaml` writes them.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 under the threshold, 1 at or over it, 2 some input or a part of a recording could not be read."
)]
pub struct Try {
    /// Recordings: pcap or pcapng files.
    #[arg(required = true, value_name = "PCAP")]
    pub recordings: Vec<PathBuf>,

    /// Files with DlpPolicies; without any in the input, everything is recorded. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Input")]
    pub policy: Vec<PathBuf>,

    /// Files and folders with pods, Services, nodes, workloads and the register. Repeatable.
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Input", required_unless_present = "policy")]
    pub inventory: Vec<PathBuf>,

    /// The file of keys by which allow-lists are compared [default: that of `cloister detect key create`, if there is
    /// one].
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub hash_key: Option<PathBuf>,

    /// What a sensor learnt to be usual, as its --baselines keeps it; it is not changed.
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub baselines: Option<PathBuf>,

    /// text, or json: one finding a line.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Format::Text, help_heading = "Result")]
    pub output: Format,

    /// Exit with 1 from this severity on (info, low, medium, high, critical), or never.
    #[arg(long, value_name = "SEVERITY", default_value = "high", value_parser = threshold, help_heading = "Result")]
    pub fail_on: Threshold,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}
