//! # What it does
//! Finds public Services of type LoadBalancer that list no source addresses, or
//! list all of them.
//!
//! # Why it matters
//! Everyone on the internet may knock; when the clients are known (offices, a
//! VPN, a partner), that is access by default.
//!
//! # What to do
//! List the blocks of the clients in `spec.loadBalancerSourceRanges`.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). Kubernetes API, `ServiceSpec.loadBalancerSourceRanges`.

use cloister_model::{Place, Severity};

use super::services;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "load-balancer-without-source-ranges",
    title: "public load balancer takes every source address",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Service"], |service, findings| {
        if !services::is_ours(service) || !services::is_public_load_balancer(service) {
            return findings.not_applicable();
        }
        if services::source_ranges(service).is_some_and(|ranges| services::restricts(&ranges)) {
            return;
        }
        findings
            .report(Place::whole(service).at("spec/loadBalancerSourceRanges"))
            .message(format!("load balancer \"{}\" takes connections from every address", service.name))
            .fix("spec:\n  loadBalancerSourceRanges: [203.0.113.0/24]");
    }),
};
