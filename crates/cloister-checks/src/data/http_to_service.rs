//! # What it does
//! Finds `http://` and `ws://` URLs in the environment and the arguments that lead out
//! of the pod.
//!
//! # Why it matters
//! Whoever can read the traffic between two pods, or between the cluster and the other
//! side, reads requests and answers.
//!
//! # What to do
//! Use `https://`, or let a service mesh encrypt between pods and accept the finding
//! for that reason.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_inventory::Container;
use cloister_model::{Node, Severity};

use super::urls::urls;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "http-to-service",
    title: "a container calls a service over plain HTTP",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        let mut spoken = false;
        let settings = findings.settings(container);
        for setting in settings.all() {
            let name = setting.joined();
            // Elasticsearch has its own check; a proxy tunnels; a namespace of XML is no address.
            if ["elastic", "opensearch"].iter().any(|word| name.contains(word))
                || name.ends_with("proxy")
                || name.contains("xmlns")
            {
                continue;
            }
            let found = urls(&setting.value);
            spoken |= found.iter().any(|url| matches!(url.scheme, "http" | "https" | "ws" | "wss"));
            let plain = found.iter().find(|url| {
                matches!(url.scheme, "http" | "ws")
                    && !url.is_local()
                    && !is_name(url.hosts)
                    && !is_own(container, url.hosts)
            });
            if let Some(url) = plain {
                // The letter of a flag (`curl -s URL`) names nothing.
                let at = if setting.name.chars().count() < 2 { String::new() } else { format!(" ({})", setting.name) };
                findings.report(setting.place).message(format!(
                    "container \"{}\" talks to {}://{}{at} in the clear",
                    container.name(),
                    url.scheme,
                    url.hosts.split(',').next().unwrap_or(url.hosts)
                ));
            }
        }
        if !spoken {
            findings.not_applicable();
        }
    }),
};

/// Hosts that stand in names of schemas and are never called.
fn is_name(host: &str) -> bool {
    ["www.w3.org", "schemas.", "json-schema.org", "xmlns.", "purl.org"].iter().any(|name| host.starts_with(name))
}

/// Addresses that a program listens on, and the pod's own.
fn is_own(container: &Container<'_>, host: &str) -> bool {
    let own = |name: &str, entry: &Node| {
        entry.str_at("valueFrom/fieldRef/fieldPath") == Some("status.podIP") && host.starts_with(&format!("$({name})"))
    };
    host.starts_with("0.0.0.0") || host.starts_with("[::]") || container.env().any(|(name, entry)| own(name, entry))
}
