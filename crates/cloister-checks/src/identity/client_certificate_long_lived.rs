//! # What it does
//! Reads the client certificates in kubeconfigs and in the files of nodes, and finds those
//! that were made for more than 400 days (kubeadm makes them for 365).
//!
//! # Why it matters
//! Kubernetes has no list of revoked certificates: whoever copies one is its owner until it
//! ends, whatever rights were meant to be taken away meanwhile.
//!
//! # What to do
//! Have it issued for a year or less (`spec.expirationSeconds` of a
//! CertificateSigningRequest), let kubelets renew theirs, and give people tokens of hours
//! by an issuer of OpenID Connect.
//!
//! # References
//! CIS 3.1.1. GDPR Art. 32(1)(b), 32(4). NIST SP 800-57 part 1, section 5.3.

use cloister_model::Severity;
use jiff::SignedDuration;

use super::kubeconfigs::{CERTIFICATES, each_holder, held};
use crate::Check;
use crate::moments::day;

/// A year, and what renewal overlaps.
const DAYS: i64 = 400;

pub(crate) const CHECK: Check = Check {
    name: "client-certificate-long-lived",
    title: "a client certificate is valid for more than a year",
    severity: Severity::Medium,
    needs: CERTIFICATES,
    run: each_holder(|resource, findings| {
        let all = held(resource);
        if all.is_empty() {
            return findings.not_applicable();
        }
        for own in all {
            let life = own.certificate.not_after.duration_since(own.certificate.not_before);
            if life > SignedDuration::from_hours(24 * DAYS) {
                let (days, end) = (life.as_hours() / 24, day(own.certificate.not_after));
                let message = format!("the certificate of {} is valid for {days} days, until {end}", own.who);
                findings.report(own.place).message(message);
            }
        }
    }),
};
