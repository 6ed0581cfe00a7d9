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
    /// Fetch the newest facts of every node from the collectors that run in a cluster (deploy/node-collector.yaml).
    Gather(Gather),
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 all was read, 2 something could not be read (the rest is told).")]
pub struct Collect {
    /// The folder at which the host's files are seen.
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    pub root: PathBuf,

    /// The node's name [default: the host's].
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// A folder that holds volumes (hostPath, local), of which to tell whether its disk is encrypted. May be repeated.
    #[arg(long, value_name = "PATH")]
    pub folder: Vec<String>,

    /// Write here instead of to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Collect again and again, this long apart (1h, 30m), and write each round to standard output.
    #[arg(long, value_name = "TIME", conflicts_with = "output")]
    pub every: Option<jiff::SignedDuration>,

    /// The moment that the facts tell, RFC 3339, for files that can be compared [default: now].
    #[arg(long, value_name = "TIME")]
    pub at: Option<jiff::Timestamp>,
}

#[derive(Debug, Args)]
pub struct Gather {
    /// The kubeconfig's context.
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,

    /// The kubeconfig file.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// The namespace of the collectors.
    #[arg(short, long, value_name = "NAME", default_value = cloister_source::cluster::NAMESPACE)]
    pub namespace: String,

    /// The folder for one file a node; it is made where it is not there.
    #[arg(short, long, value_name = "FOLDER", default_value = "node-facts")]
    pub output: PathBuf,
}
