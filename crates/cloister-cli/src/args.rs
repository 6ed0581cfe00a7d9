//! The command line. What it says of itself is its documentation.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::output::Output;
use crate::terminal::Color;

/// Does what runs on Kubernetes protect personal data as the GDPR asks?
///
/// Cloister reads manifests, charts, overlays and clusters, answers article by
/// article, and says what to change first. Nothing leaves this machine.
#[derive(Debug, Parser)]
#[command(name = "cloister", version, max_term_width = 100, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan manifests, charts, overlays or a cluster, and assess them.
    Scan(Box<Scan>),
    /// Keep assessments current, and show them in a browser: the hub.
    #[cfg(feature = "hub")]
    Serve(Box<crate::serve::args::Serve>),
    /// List checks or frameworks.
    List(List),
    /// Explain a check or a requirement.
    Explain(Explain),
    /// Work on the register of processing (Art. 30).
    Register(Register),
    /// Ask who may do what, and why.
    Rbac(Box<crate::rbac::args::Rbac>),
    /// Ask who reaches whom over the network, and why.
    Network(Box<crate::network::args::Network>),
    /// Find in audit logs what somebody should know of, and ask what an API server writes into them.
    Audit(Box<crate::audit::args::Audit>),
    /// Try policies of data-loss prevention on what was recorded.
    Dlp(Box<crate::dlp::args::Dlp>),
    /// Read hosts: what runs there, how it is set, who may read its files.
    Node(crate::node::args::Node),
    /// Write a good configuration for the control plane, and how to roll it out.
    Harden(Box<crate::harden::Harden>),
    /// Find personal data and credentials in files: exports, dumps, logs, archives.
    Detect(Box<crate::detect::args::Detect>),
    /// Connect to endpoints, and tell what they really serve.
    Probe(crate::probe::args::Probe),
    /// Handle a personal data breach: the 72 hours, its severity, whom to tell, and what to write to them (Art. 33, 34).
    Breach(Box<crate::breach::args::Breach>),
    /// Keep, show and check the record that nobody changes unseen.
    Evidence(Box<crate::evidence::args::Evidence>),
    /// Tell people: who can be told, and whether it arrives.
    #[cfg(feature = "alert")]
    Alert(Box<crate::alert::args::Alert>),
}

/// Exit status: 0 assessed and under the threshold; 1 at or over it; 2 some
/// input could not be read (the rest is reported all the same), or there was nothing to assess.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 under the threshold, 1 at or over it, 2 some input could not be read or there was nothing to assess."
)]
pub struct Scan {
    /// Files, folders, globs, charts (.tgz too), or - for standard input [default: this folder].
    pub paths: Vec<PathBuf>,

    /// Scan a live cluster, through the kubeconfig or a pod's own account.
    #[arg(long, help_heading = "Cluster")]
    pub cluster: bool,

    /// The kubeconfig's context; implies --cluster.
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,

    /// The kubeconfig file; implies --cluster.
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,

    /// Only this namespace of the cluster; for charts, the release's namespace. Repeatable.
    #[arg(short, long, value_name = "NAME", help_heading = "Cluster")]
    pub namespace: Vec<String>,

    /// Facts of nodes, as `cloister node collect` writes them; a folder of them too. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Nodes")]
    pub node_facts: Vec<PathBuf>,

    /// Ask the running kubelets of the cluster what they are set to (needs get on nodes/proxy); implies --cluster.
    #[arg(long, help_heading = "Nodes")]
    pub kubelets: bool,

    /// Values for charts. Repeatable.
    #[arg(long, value_name = "FILE", help_heading = "Charts and overlays")]
    pub values: Vec<PathBuf>,

    /// One value for charts. Repeatable.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Charts and overlays")]
    pub set: Vec<String>,

    /// The helm that renders charts.
    #[arg(long, value_name = "PROGRAM", help_heading = "Charts and overlays")]
    pub helm: Option<PathBuf>,

    /// The kubectl that builds overlays.
    #[arg(long, value_name = "PROGRAM", help_heading = "Charts and overlays")]
    pub kubectl: Option<PathBuf>,

    /// Frameworks to assess, separated by commas [default: all].
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = "Result")]
    pub framework: Vec<String>,

    /// text, json, sarif or html, to standard output or to a file. Repeatable.
    #[arg(short, long, value_name = "FORMAT[=FILE]", default_value = "text", help_heading = "Result")]
    pub output: Vec<Output>,

    /// Exit with 1 from this severity on (info, low, medium, high, critical), or
    /// when this framework has a requirement that is not satisfied; or never.
    #[arg(long, value_name = "SEVERITY|FRAMEWORK", default_value = "high", help_heading = "Result")]
    pub fail_on: String,

    /// An earlier JSON report: shows what is new, fixed and the same.
    #[arg(long, value_name = "FILE", help_heading = "Result")]
    pub baseline: Option<PathBuf>,

    /// Record the assessment, and the exceptions and attestations in force, in the log in this folder, which nobody
    /// changes unseen; it is begun where there is none yet.
    #[arg(long, value_name = "FOLDER", help_heading = "Evidence")]
    pub record: Option<PathBuf>,

    /// The log's private keys, in a file outside of it [default: in $XDG_STATE_HOME/cloister/evidence or
    /// ~/.local/state/cloister/evidence].
    #[arg(long, value_name = "FILE", requires = "record", help_heading = "Evidence")]
    pub record_key: Option<PathBuf>,

    /// Every finding, every gap, every diagnostic.
    #[arg(short, long, help_heading = "Result")]
    pub verbose: bool,

    /// Assess as of this day, for reports that can be repeated [default: today].
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Result")]
    pub today: Option<jiff::civil::Date>,
}

#[derive(Debug, Args)]
pub struct List {
    /// What to list.
    #[arg(value_enum)]
    pub what: Listed,
    /// For machines: one JSON document.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    Checks,
    Frameworks,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// A check (privileged-container) or a requirement (32(1)(b), "cis-1.12 5.2.2").
    #[arg(required = true, num_args = 1..)]
    pub what: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Register {
    #[command(subcommand)]
    pub command: RegisterCommand,
}

#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Draft a register from what is there; every guess is marked as one.
    Init(RegisterInit),
}

#[derive(Debug, Args)]
pub struct RegisterInit {
    /// Files, folders, charts, or - for standard input [default: this folder].
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub live: crate::input::args::Cluster,

    /// Only this namespace of the cluster; for charts, the release's namespace. Repeatable.
    #[arg(short, long, value_name = "NAME", help_heading = "Input")]
    pub namespace: Vec<String>,

    /// Write to this file, which must not exist yet [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
