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
use cloister_node::Facts;

use super::files::FACTS;
use crate::{Check, Need, Run};

/// So many days before its end a certificate is told.
const DAYS: i64 = 30;

pub(crate) const CHECK: Check = Check {
    name: "certificate-near-its-end",
    title: "A certificate of the cluster is expired, or soon will be",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        let today = findings.context().today;
        let files: Vec<_> = Facts::of(resource).into_iter().flat_map(|facts| facts.files()).collect();
        let mut seen = false;
        for file in &files {
            for certificate in file.certificates() {
                let Some(end) = certificate.str_at("notAfter").and_then(|end| end.get(..10)?.parse().ok()) else {
                    continue;
                };
                let end: jiff::civil::Date = end;
                seen = true;
                let left = i64::from(today.until(end).map_or(i32::MAX, |span| span.get_days()));
                if left < DAYS {
                    let state = if left < 0 { "ended" } else { "ends" };
                    let message = format!("the certificate in {} {state} on {end}", file.path());
                    findings.report(file.at("certificates")).message(message);
                }
            }
        }
        if !seen {
            findings.not_applicable();
        }
    }),
};
