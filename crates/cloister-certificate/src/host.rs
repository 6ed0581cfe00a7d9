//! Does a certificate speak for a host (RFC 9525 section 6, RFC 6125)? Only alternative names count, as in Go and in
//! browsers; the common name does not.

use std::net::IpAddr;

use crate::{Certificate, Name};

/// Who is looked for: a DNS name (perhaps with a wildcard, as an Ingress has it) or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name in lower case, without the dot at its end.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

impl Host {
    /// Reads a host as it stands in a URL or an Ingress; addresses may stand in brackets.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        bare.parse().map_or_else(|_| Self::Dns(text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()), Self::Ip)
    }

    /// Whether one of the names speaks for it.
    #[must_use]
    pub fn is_among(&self, names: &[Name]) -> bool {
        names.iter().any(|name| match (name, self) {
            (Name::Ip(own), Host::Ip(wanted)) => own == wanted,
            (Name::Dns(own), Host::Dns(wanted)) => speaks(own, wanted),
            _ => false,
        })
    }
}

impl Certificate {
    /// Whether it is made out for the host. A wildcard stands for one whole label, the first; for a host with a
    /// wildcard the same wildcard must stand in the certificate.
    #[must_use]
    pub fn matches(&self, host: &Host) -> bool {
        host.is_among(&self.names)
    }
}

fn speaks(own: &str, wanted: &str) -> bool {
    let own = own.strip_suffix('.').unwrap_or(own).to_ascii_lowercase();
    if own.is_empty() || wanted.is_empty() {
        return false;
    }
    if own == wanted {
        return true;
    }
    match (own.strip_prefix("*."), wanted.split_once('.')) {
        (Some(parent), Some((label, rest))) => {
            !label.is_empty() && label != "*" && !parent.is_empty() && parent == rest
        }
        _ => false,
    }
}
