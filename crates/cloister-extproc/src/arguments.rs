//! What the user asks for.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Parser;

/// Searches what passes an Envoy for personal data, and overwrites or blocks what a DlpPolicy does not let pass.
#[derive(Debug, Parser)]
#[command(name = "cloister-extproc", version)]
pub struct Arguments {
    /// Where Envoy finds it: ADDRESS:PORT, or unix:PATH.
    #[arg(long, default_value = "127.0.0.1:9443")]
    pub listen: Listen,
    /// Files or folders with policies, the register, and the workloads that they speak of; read again when they change.
    #[arg(long = "from", value_name = "PATH", required = true, num_args = 1..)]
    pub from: Vec<PathBuf>,
    /// What passes is encrypted on its way, though the side of Envoy that is seen is not: the way out of a sidecar.
    #[arg(long)]
    pub encrypted: bool,
    /// How many seconds pass between reports of what was found.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub every: u64,
    /// The file of keys by which allow-lists are compared, as `cloister detect key` makes it.
    #[arg(long, value_name = "FILE")]
    pub hash_key: Option<PathBuf>,
    /// Where what is usual is kept over restarts, for policies with a learnt baseline.
    #[arg(long, value_name = "FILE")]
    pub baselines: Option<PathBuf>,
    /// Serve metrics for Prometheus here.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics: Option<SocketAddr>,
    /// How many threads work.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub threads: usize,
}

/// Where to listen.
#[derive(Clone, Debug)]
pub enum Listen {
    /// A port.
    Address(SocketAddr),
    /// A socket in the file system.
    Path(PathBuf),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Listen, String> {
        match text.strip_prefix("unix:") {
            Some(path) if !path.is_empty() => Ok(Listen::Path(PathBuf::from(path))),
            _ => text.parse().map(Listen::Address).map_err(|_| "say ADDRESS:PORT, or unix:PATH".to_owned()),
        }
    }
}
