//! # What it does
//! Reads the client certificates in kubeconfigs, and finds those of the group
//! `system:masters`.
//!
//! # Why it matters
//! That group is asked of no authoriser: it may do everything, no binding can be taken
//! away from it, and Kubernetes has no list of revoked certificates. A copy is good until
//! it ends.
//!
//! # What to do
//! Keep one such certificate locked away for emergencies, and give people a group that
//! a ClusterRoleBinding names (kubeadm: `kubeadm:cluster-admins`).
//!
//! # References
//! CIS 5.1.7, 3.1.1. GDPR Art. 32(1)(b), 32(4).

use cloister_model::Severity;

use super::kubeconfigs::{NEEDS, each_kubeconfig, users};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "client-certificate-of-masters",
    title: "a client certificate may do everything and cannot be taken back",
    severity: Severity::High,
    needs: NEEDS,
    run: each_kubeconfig(|resource, findings| {
        let mut any = false;
        for user in users(resource) {
            let Some(certificate) = &user.certificate else { continue };
            any = true;
            if certificate.organizations.iter().any(|group| group == "system:masters") {
                findings.report(user.place.at("client-certificate-data")).message(format!(
                    "the certificate of user \"{}\" is of system:masters, until {}",
                    user.name,
                    certificate.not_after.strftime("%Y-%m-%d")
                ));
            }
        }
        if !any {
            findings.not_applicable();
        }
    }),
};
