//! The command line. What it says of itself is its documentation.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

/// Looks into what passes on this host, and tells where personal data goes that may not.
///
/// Starts `cloister-capture`, the one process with a capability, gives up every right of
/// its own, and reads what that hands over. No value that it recognises is written, sent
/// or kept: findings say what stood where, from whom to whom, and how often.
#[derive(Debug, Parser)]
#[command(
    name = "cloister-sensor",
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 the recording was read to its end, or somebody asked for the end; 1 the capture ended, or\n\
                  the recording is broken or cut short; 2 it could not begin; 70 it has a fault."
)]
pub struct Arguments {
    /// The interface to capture from [default: any].
    #[arg(long, value_name = "NAME", help_heading = "Input", conflicts_with = "recording")]
    pub interface: Option<String>,

    /// A pcap or pcapng file instead.
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub recording: Option<PathBuf>,

    /// Which packets, in the language of pcap-filter(7) [default: all].
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, help_heading = "Input")]
    pub filter: String,

    /// The program that captures [default: cloister-capture beside this one].
    #[arg(long, value_name = "PROGRAM", help_heading = "Input")]
    pub capture: Option<PathBuf>,

    /// Files and folders with the register, and where nobody watches, pods, Services and nodes too. Repeatable.
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Knowledge")]
    pub inventory: Vec<PathBuf>,

    /// Files with DlpPolicies. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Knowledge")]
    pub policy: Vec<PathBuf>,

    /// The file of keys by which allow-lists are compared, as `cloister detect key` makes it.
    #[arg(long, value_name = "FILE", help_heading = "Knowledge")]
    pub hash_key: Option<PathBuf>,

    /// Where what is usual is kept over restarts, for policies with a learnt baseline.
    #[arg(long, value_name = "FILE", help_heading = "Knowledge")]
    pub baselines: Option<PathBuf>,

    /// Follow pods, Services, nodes and DlpPolicies of the API server.
    #[arg(long, help_heading = "Knowledge")]
    pub watch: bool,

    /// The kubeconfig for --watch [default: the pod's own account].
    #[arg(long, value_name = "FILE", help_heading = "Knowledge", requires = "watch")]
    pub kubeconfig: Option<PathBuf>,

    /// The name of this node, for the status of policies.
    #[arg(long, value_name = "NAME", default_value = "node", help_heading = "Knowledge")]
    pub node: String,

    /// Where findings go, one JSON document a line; - is standard output.
    #[arg(long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub findings: PathBuf,

    /// Where the list of who talked to whom goes, one JSON document a line, as `network generate` reads it.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub flows: Option<PathBuf>,

    /// A Fluentd or Fluent Bit that takes findings by the forward protocol.
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Output")]
    pub forward: Option<SocketAddr>,

    /// The tag of what is forwarded.
    #[arg(long, value_name = "TAG", default_value = "cloister.finding", help_heading = "Output")]
    pub tag: String,

    /// Serve metrics for Prometheus here.
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Output")]
    pub metrics: Option<SocketAddr>,

    /// Ask the sensor whose metrics are here whether it is well, and do nothing else: 0 where it is, 1 where it is not.
    #[arg(long, value_name = "ADDRESS:PORT", exclusive = true)]
    pub ask: Option<SocketAddr>,

    /// Seconds between two tellings of a finding that grows.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = "Output")]
    pub every: u64,
}
