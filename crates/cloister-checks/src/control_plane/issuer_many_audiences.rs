//! # What it does
//! Finds issuers of an AuthenticationConfiguration with more than one audience.
//!
//! # Why it matters
//! A token that was made for another program is then good for the cluster: whoever runs
//! that program can act as each of its users.
//!
//! # What to do
//! Register the cluster as a client of its own, and name that one only.
//!
//! # References
//! GDPR Art. 32(1)(b). RFC 9700, section 2.3.

use cloister_model::Severity;

use super::issuers::{NEEDS, each_configuration, issuers};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "issuer-many-audiences",
    title: "tokens for other programs are taken, too",
    severity: Severity::Low,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let issuers = issuers(resource);
        if issuers.is_empty() {
            return findings.not_applicable();
        }
        for (issuer, place) in issuers.iter().filter(|(issuer, _)| issuer.audiences.len() > 1) {
            let message = format!("tokens of {} for any of {} audiences are taken", issuer.url, issuer.audiences.len());
            findings.report(place.at("issuer/audiences")).message(message);
        }
    }),
};
