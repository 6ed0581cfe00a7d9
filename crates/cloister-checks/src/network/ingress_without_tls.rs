//! # What it does
//! Finds Ingresses with a host that no entry of `tls` covers, and no certificate
//! of the controller's cloud either.
//!
//! # Why it matters
//! Everything between the person and the cluster, passwords and health data
//! included, can be read and changed on the way.
//!
//! # What to do
//! Add the host to `spec.tls` with the Secret of its certificate.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes API, `IngressTLS`.

use cloister_model::{Place, Severity};

use super::ingresses;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ingress-without-tls",
    title: "Ingress serves a host without TLS",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Ingress"], |ingress, findings| {
        if !ingresses::is_ours(ingress) {
            return findings.not_applicable();
        }
        if ingresses::has_certificate_elsewhere(ingress) {
            return;
        }
        if ingress.root.items_at("spec/tls").is_empty() {
            let host = ingress.root.str_at("spec/rules/0/host").unwrap_or("www.example.com");
            findings
                .report(Place::whole(ingress).at("spec/tls"))
                .message(format!("Ingress \"{}\" has no TLS", ingress.name))
                .fix(format!("spec:\n  tls:\n    - hosts: [\"{host}\"]\n      secretName: {}-tls", ingress.name));
            return;
        }
        for rule in ingress.root.items_at("spec/rules") {
            let host = rule.str_at("host").unwrap_or("");
            if !ingresses::tls_covers(ingress, host) {
                findings
                    .report(Place::of(ingress, rule).at("host"))
                    .message(format!("Ingress \"{}\" has no TLS for host {host}", ingress.name))
                    .fix(format!("spec:\n  tls:\n    - hosts: [\"{host}\"]\n      secretName: {}-tls", ingress.name));
            }
        }
    }),
};
