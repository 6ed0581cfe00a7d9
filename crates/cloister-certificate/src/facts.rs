//! What is kept of a certificate.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Key;

/// One certificate (RFC 5280 section 4.1): public facts, never its key's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// The subject in the words of RFC 4514: `CN=system:admin,O=system:masters`.
    pub subject: String,
    /// The issuer, likewise.
    pub issuer: String,
    /// The subject's last common name: Kubernetes' user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// The subject's organisations: Kubernetes' groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<String>,
    /// Subject alternative names, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Name>,
    /// When it begins to be valid.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub not_before: Timestamp,
    /// The last moment at which it is valid. The end of time (RFC 5280 section 4.1.2.5) is the last that jiff knows.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub not_after: Timestamp,
    /// The key's kind and size.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub key: Key,
    /// The algorithm of its signature, as openssl names it: `sha256WithRSAEncryption`.
    pub signature: String,
    /// Whether it may sign others (basic constraints).
    #[serde(default)]
    pub authority: bool,
    /// Whether it names itself as its issuer.
    #[serde(default)]
    pub self_signed: bool,
    /// Key usages in the words of RFC 5280 section 4.2.1.3: `digitalSignature`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usages: Vec<String>,
    /// Extended key usages (section 4.2.1.12): `serverAuth`; unknown ones as their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended_usages: Vec<String>,
    /// The serial number: hexadecimal, without separators.
    pub serial: String,
    /// SHA-256 of the whole certificate, hexadecimal.
    pub fingerprint: String,
}

/// A subject alternative name. Addresses of e-mail are not kept: they name a person and no server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(from = "String", into = "String")]
pub enum Name {
    /// A DNS name, perhaps with a wildcard.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// A URI, such as a SPIFFE identity.
    Uri(String),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(text) | Self::Uri(text) => f.write_str(text),
            Self::Ip(address) => write!(f, "{address}"),
        }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.to_string()
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        if let Ok(address) = text.parse() {
            Self::Ip(address)
        } else if text.contains(':') {
            Self::Uri(text)
        } else {
            Self::Dns(text)
        }
    }
}
