//! The command line of `cloister node`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Node {
    #[command(subcommand)]
    pub command: NodeCommand,
}

#[derive(Debug, Subcommand)]
pub enum NodeCommand {
    /// Read this host, or one whose root is mounted, into a file of facts.
    ///
    /// Reads which programs of Kubernetes run and how they are set, who owns their files and who may read them,
    /// certificates, settings of the kernel, and which disks are encrypted. Writes nothing on the host and follows no
    /// link out of its root. Keys, tokens and passwords never go into the facts.
    ///
    /// Give the file to a scan: cloister scan --node-facts FILE.
    Collect(Collect),
}

#[derive(Debug, Args)]
pub struct Collect {
    /// The folder at which the host's files are seen.
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    pub root: PathBuf,

    /// The node's name [default: the host's].
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Write here instead of to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The moment that the facts tell, RFC 3339, for files that can be compared [default: now].
    #[arg(long, value_name = "TIME")]
    pub at: Option<jiff::Timestamp>,
}
