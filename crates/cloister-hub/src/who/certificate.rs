//! An agent by its certificate. Its chain was verified when it connected; here it is asked whose it is.

use jiff::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Who;
use super::role::Role;
use super::scope::Scope;

/// Who showed a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The agent's name: its only DNS name or, where it has none, its common name. `None` where that names no source.
    pub name: Option<String>,
    /// When the certificate ends: a connection may last longer.
    pub until: Timestamp,
    /// The authorities that it was verified by.
    pub by: [u8; 32],
}

impl Peer {
    /// Reads a certificate; `None` where it is none.
    pub fn read(der: &[u8], by: [u8; 32]) -> Option<Peer> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let until = Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
        Some(Peer { name: name(&certificate), until, by })
    }

    /// The agent, as long as the certificate lasts and its authorities are those that are in force. A certificate gives no
    /// other role, whatever stands in it.
    pub fn who(&self, now: Timestamp, in_force: [u8; 32]) -> Option<Who> {
        let name = self.name.clone().filter(|_| now < self.until && self.by == in_force)?;
        Some(Who { name, role: Role::Agent, scope: Scope::Whole, forms: String::new() })
    }
}

/// Of several names none is taken: which one was meant is not for us to guess.
fn name(certificate: &X509Certificate<'_>) -> Option<String> {
    let other = certificate.subject_alternative_name().ok()?;
    let other = other.map(|other| other.value.general_names.as_slice()).unwrap_or_default();
    let mut names: Vec<&str> =
        other.iter().filter_map(|one| if let GeneralName::DNSName(name) = one { Some(*name) } else { None }).collect();
    if names.is_empty() {
        names = certificate.subject().iter_common_name().map(|name| name.as_str().unwrap_or("")).collect();
    }
    let [only] = names.as_slice() else { return None };
    let name = only.to_ascii_lowercase();
    crate::api::is_name(&name).then_some(name)
}
