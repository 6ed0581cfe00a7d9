//! `cloister serve`, as options.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::input::args::Cluster;

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

    /// Assess after so long even if no file changed, such as 30s, 5m or 1h; a cluster is asked that often.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration, help_heading = "What is watched")]
    pub every: Duration,

    /// Where to listen. Beyond this machine it takes --tokens, and --behind-tls.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8440", help_heading = "Who reaches it")]
    pub listen: SocketAddr,

    /// A name under which browsers reach it, with the port where it is not the usual one. Repeatable.
    #[arg(long, value_name = "HOST", help_heading = "Who reaches it")]
    pub host: Vec<String>,

    /// A proxy before it speaks TLS with browsers.
    #[arg(long, help_heading = "Who reaches it")]
    pub behind_tls: bool,

    /// Tokens, one a line: NAME ROLE TOKEN, with ROLE one of viewer, engineer, dpo, admin, agent, collector. The variable
    /// CLOISTER_HUB_TOKENS may hold such lines, too.
    #[arg(long, value_name = "FILE", help_heading = "Who reaches it")]
    pub tokens: Option<PathBuf>,

    /// Take audit events and findings of sensors by Fluentd's forward protocol, on this machine alone, such as
    /// 127.0.0.1:24224. They are those of what is watched.
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "What is taken in")]
    pub forward: Option<SocketAddr>,

    /// Where the hub keeps what it must remember [default: a folder in $XDG_STATE_HOME/cloister/hub or
    /// ~/.local/state/cloister/hub].
    #[arg(long, value_name = "FOLDER", help_heading = "What is kept")]
    pub data: Option<PathBuf>,

    /// A file with the address of a PostgreSQL database, postgresql://USER@HOST/DATABASE, that remembers instead of a file
    /// in --data. The variable CLOISTER_HUB_STORE may hold the address, too. The evidence log stays in --data.
    #[arg(long, value_name = "FILE", help_heading = "What is kept")]
    pub store: Option<PathBuf>,

    /// The evidence log's private keys, in a file outside of the data [default: in $XDG_STATE_HOME/cloister/evidence or
    /// ~/.local/state/cloister/evidence].
    #[arg(long, value_name = "FILE", help_heading = "What is kept")]
    pub record_key: Option<PathBuf>,
}

/// `30s`, `5m`, `1h`.
fn duration(written: &str) -> Result<Duration, String> {
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
