//! # What it does
//! Finds a configuration of kube-proxy that serves metrics on more than loopback.
//!
//! # Why it matters
//! Whoever reaches the node reads from the metrics which services there are and how
//! much they are used.
//!
//! # What to do
//! Take `metricsBindAddress` away, or set it to `127.0.0.1:10249`.
//!
//! # References
//! CIS 4.3.1. GDPR Art. 32(1)(b).

use std::net::{IpAddr, SocketAddr};

use cloister_model::{Place, Severity};

use crate::{Check, Run};

const KEY: &str = "metricsBindAddress:";

/// Whether only the node itself reaches the address; an empty one is loopback.
fn is_local(address: &str) -> bool {
    let socket = address.parse::<SocketAddr>().map(|socket| socket.ip());
    let ip = socket.or_else(|_| address.parse::<IpAddr>());
    address.is_empty() || ip.is_ok_and(|ip| ip.is_loopback()) || address.starts_with("localhost")
}

pub(crate) const CHECK: Check = Check {
    name: "kube-proxy-metrics-exposed",
    title: "kube-proxy serves its metrics to everybody",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |config, findings| {
        if !config.name.starts_with("kube-proxy") || config.namespace.as_deref() != Some("kube-system") {
            return findings.not_applicable();
        }
        let mut seen = false;
        for entry in config.root.entries_at("data") {
            let Some(text) = entry.node.as_str().filter(|text| text.contains("KubeProxyConfiguration")) else {
                continue;
            };
            seen = true;
            for (index, line) in text.lines().enumerate() {
                let Some(value) = line.strip_prefix(KEY) else { continue };
                let address = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
                if !is_local(address) {
                    let message = format!("kube-proxy serves its metrics on {address}");
                    findings.report(Place::of(config, &entry.node).line(index, 0)).message(message);
                }
            }
        }
        if !seen {
            findings.not_applicable();
        }
    }),
};
