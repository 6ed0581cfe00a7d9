//! # What it does
//! Finds rules of Ingresses for every host or for `*.` hosts, and Ingresses
//! that are nothing but a default backend.
//!
//! # Why it matters
//! Requests for names that nobody planned reach the workload: forgotten names,
//! names of others, and attacks that play with the Host header.
//!
//! # What to do
//! Write the host names that are served.
//!
//! # References
//! GDPR Art. 25(2). Kubernetes API, `IngressRule.host`.

use cloister_model::{Place, Severity};

use super::ingresses;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ingress-wildcard-host",
    title: "Ingress takes any host name",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Ingress"], |ingress, findings| {
        if !ingresses::is_ours(ingress) {
            return findings.not_applicable();
        }
        let rules = ingress.root.items_at("spec/rules");
        for rule in rules {
            let host = rule.str_at("host").unwrap_or("");
            if !host.is_empty() && !host.starts_with('*') {
                continue;
            }
            let which = if host.is_empty() { "every host" } else { host };
            findings
                .report(Place::of(ingress, rule).at("host"))
                .message(format!("Ingress \"{}\" takes requests for {which}", ingress.name))
                .fix("host: www.example.com");
        }
        if rules.is_empty() {
            let spec = Place::whole(ingress).at("spec");
            if let Some(place) =
                ["defaultBackend", "backend"].map(|key| spec.at(key)).into_iter().find(|place| place.missing.is_empty())
            {
                findings
                    .report(place)
                    .message(format!("Ingress \"{}\" takes requests for every host", ingress.name))
                    .fix("rules:\n  - host: www.example.com");
            }
        }
    }),
};
