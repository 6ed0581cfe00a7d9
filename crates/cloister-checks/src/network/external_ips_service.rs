//! # What it does
//! Finds Services that claim addresses of their own in `externalIPs`.
//!
//! # Why it matters
//! Every node sends what goes to such an address to the Service, without asking
//! whether its owner may have it: whoever may write Services can stand between
//! others and their databases (CVE-2020-8554).
//!
//! # What to do
//! Take `externalIPs` away; use a load balancer or an Ingress. Switch on the
//! admission plug-in `DenyServiceExternalIPs`.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). CVE-2020-8554.

use cloister_model::{Place, Severity};

use super::services;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "external-ips-service",
    title: "Service claims external addresses",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Service"], |service, findings| {
        if !services::is_ours(service) {
            return findings.not_applicable();
        }
        let addresses: Vec<&str> =
            service.root.at("spec").map(|spec| spec.strs_at("externalIPs").collect()).unwrap_or_default();
        // An ExternalName has no traffic of its own; the field has no effect.
        if !addresses.is_empty() && services::kind_of(service) != "ExternalName" {
            findings
                .report(Place::whole(service).at("spec/externalIPs"))
                .message(format!("Service \"{}\" claims the address {}", service.name, addresses.join(", ")))
                .fix("spec:\n  externalIPs: []");
        }
    }),
};
