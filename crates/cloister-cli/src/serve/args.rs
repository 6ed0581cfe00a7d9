//! `cloister serve`, as options.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::input::args::Cluster;

/// How people sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignIn {
    /// With a token of the cluster: TokenReview and SubjectAccessReview.
    Kubernetes,
}

/// Keep assessments current, and show them in a browser: the hub.
///
/// Watches folders and a cluster, assesses what changed, and serves pages and an API. On this machine alone it needs
/// nothing else: it prints a link that signs in, once.
#[derive(Debug, Args)]
pub struct Serve {
    /// Files, folders or charts to watch. Repeatable.
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "What is watched")]
    pub watch: Vec<PathBuf>,

    #[command(flatten)]
    pub live: Cluster,

    /// Only this namespace of the cluster; for charts, the release's namespace. Repeatable.
    #[arg(short, long, value_name = "NAME", help_heading = "What is watched")]
    pub namespace: Vec<String>,

    /// Facts of nodes, as `cloister node collect` writes them. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "What is watched")]
    pub node_facts: Vec<PathBuf>,

    /// What is watched is called so in addresses [default: after the folder or the context].
    #[arg(long, value_name = "NAME", help_heading = "What is watched")]
    pub name: Option<String>,

    /// Assess after so long even if nothing changed, such as 30s, 5m or 1h. A cluster is followed; what of it may not be
    /// watched is asked that often.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration, help_heading = "What is watched")]
    pub every: Duration,

    /// Where to listen. Beyond this machine it takes people who may sign in (--tokens, --sign-in, --oidc-issuer), a --host, and TLS
    /// (--tls-cert, or --behind-tls).
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8440", help_heading = "Who reaches it")]
    pub listen: SocketAddr,

    /// A name under which browsers reach it, with the port where it is not the usual one. Repeatable.
    #[arg(long, value_name = "HOST", help_heading = "Who reaches it")]
    pub host: Vec<String>,

    /// A proxy before it speaks TLS with browsers.
    #[arg(long, help_heading = "Who reaches it", conflicts_with = "tls_cert")]
    pub behind_tls: bool,

    /// The certificate of the hub's own TLS, in PEM, followed by those that lead to its authority. It is read again when it
    /// changes.
    #[arg(long, value_name = "FILE", requires = "tls_key", help_heading = "Who reaches it")]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert", help_heading = "Who reaches it")]
    pub tls_key: Option<PathBuf>,

    /// Authorities of agents' certificates, in PEM: an agent hands in for the source that its certificate names, without a
    /// token.
    #[arg(long, value_name = "FILE", requires = "tls_cert", help_heading = "Who reaches it")]
    pub agents_ca: Option<PathBuf>,

    /// Tokens, one a line: NAME ROLE TOKEN, with ROLE one of viewer, engineer, dpo, admin, agent, collector; behind it the
    /// namespaces that a person sees, where not all. The variable CLOISTER_HUB_TOKENS may hold such lines, too.
    #[arg(long, value_name = "FILE", help_heading = "Who reaches it")]
    pub tokens: Option<PathBuf>,

    /// How people sign in besides: by tokens of the cluster, which says what they may see.
    #[arg(long, value_name = "HOW", help_heading = "Who reaches it")]
    pub sign_in: Option<SignIn>,

    /// For whom tokens of the cluster are made that sign in here.
    #[arg(long, value_name = "NAME", default_value = "cloister-hub", help_heading = "Who reaches it")]
    pub kubernetes_audience: String,

    #[command(flatten)]
    pub oidc: super::oidc::Oidc,

    /// Take audit events and findings of sensors by Fluentd's forward protocol, on this machine alone, such as
    /// 127.0.0.1:24224. They are those of what is watched.
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "What is taken in")]
    pub forward: Option<SocketAddr>,

    /// Rules over audit events of your own, files or folders (docs/detections.md): beside the program's, in place of one that
    /// is called the same, or saying that one is off. Read again when they change. Repeatable.
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "What is taken in")]
    pub rules: Vec<PathBuf>,

    /// Who is told of what: an AlertConfiguration (docs/alerts.md), read again when it changes. Nobody is told without it. Of a
    /// folder it is alerts.yaml in it, which need not be there.
    #[arg(long, value_name = "PATH", help_heading = "Who is told")]
    pub alerts: Option<PathBuf>,

    /// Where the hub keeps what it must remember [default: a folder in $XDG_STATE_HOME/cloister/hub or
    /// ~/.local/state/cloister/hub].
    #[arg(long, value_name = "FOLDER", help_heading = "What is kept")]
    pub data: Option<PathBuf>,

    /// A file with the address of a PostgreSQL database, postgresql://USER@HOST/DATABASE, that remembers instead of a file
    /// in --data. The variable CLOISTER_HUB_STORE may hold the address, too. The evidence log stays in --data.
    #[arg(long, value_name = "FILE", help_heading = "What is kept")]
    pub store: Option<PathBuf>,

    /// Keep all assessments so many days in the evidence log; then the last one of each week, until the log's policy
    /// erases it (`cloister evidence retain`; three years where it says nothing).
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=36_500), help_heading = "What is kept")]
    pub keep: u32,

    /// An agent may have so many MiB of assessments recorded a day, as they are kept: packed.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=1_048_576), help_heading = "What is kept")]
    pub quota: u64,

    #[command(flatten)]
    pub timestamps: super::timestamps::Timestamps,

    /// The evidence log's private keys, in a file outside of the data [default: in $XDG_STATE_HOME/cloister/evidence or
    /// ~/.local/state/cloister/evidence].
    #[arg(long, value_name = "FILE", help_heading = "What is kept")]
    pub record_key: Option<PathBuf>,
}

/// `30s`, `5m`, `1h`.
pub fn duration(written: &str) -> Result<Duration, String> {
    let wrong = || "it takes a number and s, m or h, such as 5m; 5 seconds or more".to_owned();
    let (number, unit) = written.split_at_checked(written.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    seconds.filter(|seconds| (5..=7 * 24 * 3600).contains(seconds)).map(Duration::from_secs).ok_or_else(wrong)
}
