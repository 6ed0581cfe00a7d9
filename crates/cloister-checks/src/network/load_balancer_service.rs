//! # What it does
//! Finds Services of type LoadBalancer that no annotation keeps to internal networks.
//!
//! # Why it matters
//! The cloud gives such a Service a public address: whatever listens behind it
//! stands on the internet, past the Ingress with its TLS and its logs.
//!
//! # What to do
//! Use `type: ClusterIP` behind an Ingress or a Gateway, or the cloud's
//! annotation for an internal load balancer. The entry point itself may well be
//! one: accept it with a reason.
//!
//! # References
//! GDPR Art. 25(2). MITRE ATT&CK T1133, "External Remote Services".

use cloister_model::Severity;

use super::services;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "load-balancer-service",
    title: "Service asks for a public load balancer",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Service"], |service, findings| {
        if !services::is_ours(service) {
            return findings.not_applicable();
        }
        if services::is_public_load_balancer(service) {
            findings
                .report(services::type_place(service))
                .message(format!(
                    "Service \"{}\" stands on a public load balancer with port {}",
                    service.name,
                    services::port_names(service)
                ))
                .fix("spec:\n  type: ClusterIP");
        }
    }),
};
