//! # What it does
//! Finds certificates of the control plane and of kubelets that are expired, or end within
//! thirty days.
//!
//! # Why it matters
//! On the day on which such a certificate ends the cluster stops: nobody deploys, repairs or
//! restores, and people are tempted to switch checks off.
//!
//! # What to do
//! Renew it (`kubeadm certs renew`, or the authority that signed it), and let kubelets renew
//! theirs by themselves.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;
use jiff::SignedDuration;

use super::certificates::each;
use super::files::FACTS;
use crate::moments::{day, moment};
use crate::{Check, Need, Run};

/// So many days before its end a certificate is told.
const DAYS: i64 = 30;

pub(crate) const CHECK: Check = Check {
    name: "certificate-near-its-end",
    title: "A certificate of the cluster is expired, or soon will be",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        let now = moment(findings.today());
        each(resource, findings, |file, certificate, findings| {
            let left = certificate.left(now);
            if left < SignedDuration::from_hours(24 * DAYS) {
                let state = if certificate.is_expired(now) { "ended" } else { "ends" };
                let message = format!("the certificate in {} {state} on {}", file.path(), day(certificate.not_after));
                findings.report(file.at("certificates")).message(message);
            }
        });
    }),
};
