//! # What it does
//! Finds annotations by which an Ingress writes lines into its controller's
//! configuration, and controllers that allow it.
//!
//! # Why it matters
//! Whoever may write Ingresses in one namespace runs code in the controller, which
//! reads the Secrets and sees the traffic of all (CVE-2021-25742).
//!
//! # What to do
//! Use the controller's own annotations instead; set `allow-snippet-annotations`
//! to `"false"`.
//!
//! # References
//! GDPR Art. 32(1)(b). CVE-2021-25742.

use cloister_model::{Place, Severity};

use super::ingresses::annotation_place;
use crate::{Check, Run};

const SNIPPETS: [&str; 13] = [
    "nginx.ingress.kubernetes.io/configuration-snippet",
    "nginx.ingress.kubernetes.io/server-snippet",
    "nginx.ingress.kubernetes.io/stream-snippet",
    "nginx.ingress.kubernetes.io/auth-snippet",
    "nginx.ingress.kubernetes.io/modsecurity-snippet",
    "nginx.org/server-snippets",
    "nginx.org/location-snippets",
    "haproxy.org/backend-config-snippet",
    "haproxy.org/frontend-config-snippet",
    "haproxy-ingress.github.io/config-backend",
    "haproxy-ingress.github.io/config-frontend",
    "ingress.kubernetes.io/config-backend",
    "ingress.kubernetes.io/configuration-snippet",
];

pub(crate) const CHECK: Check = Check {
    name: "ingress-snippet",
    title: "Ingress writes into its controller's configuration",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Ingress", "ConfigMap"], |resource, findings| {
        if &*resource.kind == "ConfigMap" {
            let Some(node) = resource.root.get("data").and_then(|data| data.get("allow-snippet-annotations")) else {
                return findings.not_applicable();
            };
            if node.as_str() == Some("true") {
                findings
                    .report(Place::of(resource, node))
                    .message(format!(
                        "ConfigMap \"{}\" lets Ingresses write into the controller's configuration",
                        resource.name
                    ))
                    .fix("allow-snippet-annotations: \"false\"");
            }
            return;
        }
        for key in SNIPPETS {
            if let Some(place) = annotation_place(resource, key) {
                let message =
                    format!("Ingress \"{}\" writes into its controller's configuration by {key}", resource.name);
                findings.report(place).message(message);
            }
        }
    }),
};
