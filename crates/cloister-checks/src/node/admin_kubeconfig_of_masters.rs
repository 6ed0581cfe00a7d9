//! # What it does
//! Finds kubeconfigs of administrators on nodes whose client certificate is of the group `system:masters`: facts of nodes
//! hold the certificate, and never the key.
//!
//! # Why it matters
//! The group passes every authorisation. No role and no policy narrows it, and a certificate cannot be taken back before it
//! ends.
//!
//! # What to do
//! Sign in as a group with a role binding (kubeadm makes `admin.conf` so since 1.29), and keep what is of `system:masters`
//! (`super-admin.conf`) off the node, for emergencies.
//!
//! # References
//! CIS 5.1.7. GDPR Art. 32(1)(b), 32(4).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "admin-kubeconfig-of-masters",
    title: "A kubeconfig on a node may do everything and cannot be taken back",
    severity: Severity::Medium,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| {
        files::each(resource, findings, Role::AdminKubeconfig, |file, findings| {
            for certificate in file.certificates() {
                if certificate.organizations.iter().any(|group| group == "system:masters") {
                    let until = certificate.not_after.strftime("%F");
                    let message = format!("the certificate in {} is of system:masters, until {until}", file.path());
                    findings.report(file.at("certificates")).message(message);
                }
            }
        });
    }),
};
