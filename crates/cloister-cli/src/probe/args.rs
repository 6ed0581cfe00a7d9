//! The arguments of `cloister probe`.

use clap::{Args, ValueEnum};
use cloister_probe::{Endpoint, Kind};

use crate::threshold::{Threshold, threshold};

/// Connect to endpoints, and tell what they really serve.
///
/// Asks which versions, suites and groups of TLS are accepted, which certificate is
/// presented, and what is answered to requests without any proof of who asks. Nothing
/// is changed and no body is kept; one connection at a time, to what is named and to
/// nothing else. The other side's log will show handshakes that were not finished.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 under the threshold, 1 at or over it, 2 an endpoint could not be reached or not be asked everything."
)]
pub struct Probe {
    /// host:port or https://host, such as 10.0.0.1:6443.
    #[arg(required = true, value_name = "ENDPOINT")]
    pub endpoints: Vec<Endpoint>,

    /// What answers there [default: found out].
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: Option<Is>,

    /// text or json.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub output: Format,

    /// Exit with 1 from this severity on (info, low, medium, high, critical), or never.
    #[arg(long, value_name = "SEVERITY", default_value = "high", value_parser = threshold)]
    pub fail_on: Threshold,

    /// Seconds to wait for a connection, and for each answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub wait: u64,

    /// Seconds that one endpoint may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub total: u64,

    /// Connections that one endpoint gets.
    #[arg(long, value_name = "NUMBER", default_value_t = 400, value_parser = clap::value_parser!(u16).range(1..))]
    pub connections: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// What an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Is {
    ApiServer,
    Kubelet,
    Etcd,
    Other,
}

impl Is {
    /// The same, to the probe.
    pub fn kind(self) -> Kind {
        match self {
            Self::ApiServer => Kind::ApiServer,
            Self::Kubelet => Kind::Kubelet,
            Self::Etcd => Kind::Etcd,
            Self::Other => Kind::Other,
        }
    }
}
