//! # What it does
//! Finds Services of type NodePort.
//!
//! # Why it matters
//! The port opens on every node, on all its addresses, and network policies of
//! the pods see the node as the caller: who may come is left to firewalls outside.
//!
//! # What to do
//! Use `type: ClusterIP` behind an Ingress or a Gateway.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). MITRE ATT&CK T1133, "External Remote Services".

use cloister_model::Severity;

use super::services;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "node-port-service",
    title: "Service opens a port on every node",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Service"], |service, findings| {
        if !services::is_ours(service) {
            return findings.not_applicable();
        }
        if services::kind_of(service) == "NodePort" {
            findings
                .report(services::type_place(service))
                .message(format!(
                    "Service \"{}\" opens port {} on every node",
                    service.name,
                    services::port_names(service)
                ))
                .fix("spec:\n  type: ClusterIP");
        }
    }),
};
