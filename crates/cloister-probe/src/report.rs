//! What one endpoint was found to serve.

use cloister_certificate::{Certificate, Host, Problem};
use jiff::Timestamp;
use serde::Serialize;

use crate::anonymous::Answer;
use crate::findings::Finding;
use crate::session::Session;
use crate::tls::Protocol;
use crate::{Endpoint, Kind};

/// The document for machines.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    /// `cloister.dev/v1alpha1`.
    pub api_version: &'static str,
    /// `Probe`.
    pub kind: &'static str,
    /// When it was asked.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: Timestamp,
    /// What was found, in the order of the command line.
    pub endpoints: &'a [Report],
}

impl<'a> Document<'a> {
    /// Around reports of one run.
    #[must_use]
    pub fn new(endpoints: &'a [Report], at: Timestamp) -> Self {
        Self { api_version: "cloister.dev/v1alpha1", kind: "Probe", at, endpoints }
    }
}

/// One endpoint.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `host:port`, as asked.
    pub endpoint: String,
    /// The address that was connected to.
    pub address: Option<String>,
    /// Why nothing was learned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreached: Option<String>,
    /// What answers there.
    pub kind: Kind,
    /// Its version, where it tells it to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// TLS; `null` where it is not spoken.
    pub tls: Option<Tls>,
    /// HTTP without TLS.
    pub plain: Plain,
    /// What is answered to requests without any proof of who asks.
    pub anonymous: Vec<Answer>,
    /// How many keys an etcd counted for nobody in particular.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<u64>,
    /// What that means, worst first.
    pub findings: Vec<Finding>,
    /// How many connections were made.
    pub connections: usize,
    /// Why not everything was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_short: Option<String>,
}

/// TLS as it is served.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// Every version, newest first.
    pub versions: Vec<Version>,
    /// The certificates that it presents: one chain for each kind of key.
    pub chains: Vec<Chain>,
    /// What it chose of `h2` and `http/1.1` (RFC 7301).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Whether it asks clients for a certificate.
    pub client_certificate: Demand,
    /// Why no handshake was finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<String>,
}

/// One version.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Which.
    pub protocol: Protocol,
    /// Whether it is spoken.
    pub accepted: Voice,
    /// How it was refused, or why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The suites that it accepts, in the order in which it chooses them.
    pub suites: Vec<String>,
    /// Whose preference decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The groups that it takes for the exchange of keys.
    pub groups: Vec<String>,
    /// Bits of its prime for classic Diffie-Hellman.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prime_bits: Option<usize>,
}

/// Yes, no, or not to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody can say.
    Unknown,
}

/// Whose preference decides on the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// Whether a certificate of the client is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// It is not.
    NotAsked,
    /// It is, and one may come without.
    Asked,
    /// Nobody comes in without.
    Required,
}

/// A chain of certificates.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Chain {
    /// The server's own first.
    pub certificates: Vec<Certificate>,
    /// Whether the first is made out for the host that was asked for.
    pub matches_host: bool,
    /// What of it cannot be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl Chain {
    /// Reads a chain in DER.
    pub(crate) fn read(chain: &[Vec<u8>], host: &str) -> Self {
        let (mut certificates, mut problems) = (Vec::new(), Vec::new());
        for der in chain {
            let read = cloister_certificate::read(der);
            certificates.extend(read.certificates);
            problems.extend(read.problems.iter().map(Problem::to_string));
        }
        let matches_host = certificates.first().is_some_and(|own| own.matches(&Host::new(host)));
        Self { certificates, matches_host, problems }
    }

    fn leaf(&self) -> Option<&str> {
        self.certificates.first().map(|own| own.fingerprint.as_str())
    }
}

/// HTTP without TLS.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plain {
    /// Whether requests are answered: a refusal to speak without TLS is no answer.
    pub answers: bool,
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Whether it only sends on to https.
    pub redirects: bool,
}

impl Report {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        Self {
            endpoint: endpoint.to_string(),
            address: None,
            unreached: None,
            kind: endpoint.kind.unwrap_or(Kind::Other),
            version: None,
            tls: None,
            plain: Plain::default(),
            anonymous: Vec::new(),
            keys: None,
            findings: Vec::new(),
            connections: 0,
            cut_short: None,
        }
    }
}

impl Tls {
    /// Adds a chain, once.
    pub(crate) fn add(&mut self, chain: &[Vec<u8>], host: &str) {
        let read = Chain::read(chain, host);
        let known = self.chains.iter().any(|other| other.leaf() == read.leaf());
        if !chain.is_empty() && !known {
            self.chains.push(read);
        }
    }

    /// Adds what only a whole handshake shows.
    pub(crate) fn complete(&mut self, session: &Session, endpoint: &Endpoint) {
        self.add(&session.chain, &endpoint.host);
        self.protocol.clone_from(&session.protocol);
        self.unfinished.clone_from(&session.unfinished);
        if session.asks_client && self.client_certificate == Demand::NotAsked {
            self.client_certificate = Demand::Asked;
        }
    }
}
