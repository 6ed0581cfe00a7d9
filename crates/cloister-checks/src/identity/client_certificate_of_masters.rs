//! # What it does
//! Reads the client certificates in kubeconfigs and in the files of nodes (facts of nodes hold
//! the certificate, and never the key), and finds those of the group `system:masters`.
//!
//! # Why it matters
//! That group is asked of no authoriser: it may do everything, no binding can be taken
//! away from it, and Kubernetes has no list of revoked certificates. A copy is good until
//! it ends.
//!
//! # What to do
//! Keep one such certificate locked away for emergencies (kubeadm's `super-admin.conf`: off
//! the node), and give people a group that a ClusterRoleBinding names (kubeadm makes
//! `admin.conf` so since 1.29: `kubeadm:cluster-admins`).
//!
//! # References
//! CIS 5.1.7, 3.1.1. GDPR Art. 32(1)(b), 32(4).

use cloister_model::Severity;

use super::kubeconfigs::{CERTIFICATES, each_holder, held};
use crate::Check;
use crate::moments::day;

pub(crate) const CHECK: Check = Check {
    name: "client-certificate-of-masters",
    title: "a client certificate may do everything and cannot be taken back",
    severity: Severity::High,
    needs: CERTIFICATES,
    run: each_holder(|resource, findings| {
        let all = held(resource);
        if all.is_empty() {
            return findings.not_applicable();
        }
        for own in all.iter().filter(|it| it.certificate.organizations.iter().any(|group| group == "system:masters")) {
            let end = day(own.certificate.not_after);
            let message = format!("the certificate of {} is of system:masters, until {end}", own.who);
            findings.report(own.place).message(message);
        }
    }),
};
