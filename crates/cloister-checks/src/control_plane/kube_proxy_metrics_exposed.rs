//! # What it does
//! Finds kube-proxies that serve metrics on more than loopback: by their configuration, or as they run on a node.
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

use cloister_model::{Place, Resource, Severity};
use cloister_node::{Facts, Role, arguments};

use crate::{Check, Findings, Run};

const KEY: &str = "metricsBindAddress:";

/// Whether only the node itself reaches the address; an empty one is loopback.
fn is_local(address: &str) -> bool {
    let socket = address.parse::<SocketAddr>().map(|socket| socket.ip());
    let ip = socket.or_else(|_| address.parse::<IpAddr>());
    address.is_empty() || ip.is_ok_and(|ip| ip.is_loopback()) || address.starts_with("localhost")
}

/// kube-proxy as it runs on a node: its flag counts more than its configuration.
fn on_node<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    let Some(facts) = Facts::of(resource) else { return };
    let proxies: Vec<_> = facts.processes().filter(|process| process.program() == "kube-proxy").collect();
    let files: Vec<_> = facts
        .files_of(Role::ProxyConfig)
        .filter_map(|file| {
            Some((file.content()?.at("metricsBindAddress")?.as_str()?, file.at("content/metricsBindAddress")))
        })
        .collect();
    if proxies.is_empty() && files.is_empty() {
        return findings.not_applicable();
    }
    // Each of them, since any pod may call a process so, and no file tells whose it is.
    let flags: Vec<_> = proxies
        .iter()
        .map(|process| {
            let words: Vec<_> = process.words().collect();
            let bare: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let flag = arguments(&bare, "metrics-bind-address", false).pop();
            flag.and_then(|flag| Some((flag.value?, words.get(flag.index)?.1)))
        })
        .collect();
    let by_file = proxies.is_empty() || flags.iter().any(Option::is_none);
    let addresses = flags.into_iter().flatten().chain(files.into_iter().filter(|_| by_file));
    for (address, place) in addresses.filter(|(address, _)| !is_local(address)) {
        findings.report(place).message(format!("kube-proxy serves its metrics on {address}"));
    }
}

/// Its configuration, as kubeadm and others keep it in a ConfigMap.
fn in_config_map<'a>(config: &'a Resource, findings: &mut Findings<'a>) {
    if !config.name.starts_with("kube-proxy") || config.namespace.as_deref() != Some("kube-system") {
        return findings.not_applicable();
    }
    let mut seen = false;
    for entry in config.root.entries_at("data") {
        let Some(text) = entry.node.as_str().filter(|text| text.contains("KubeProxyConfiguration")) else { continue };
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
}

pub(crate) const CHECK: Check = Check {
    name: "kube-proxy-metrics-exposed",
    title: "kube-proxy serves its metrics to everybody",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["ConfigMap", "NodeFacts.cloister.dev"], |resource, findings| match &*resource.kind {
        "ConfigMap" => in_config_map(resource, findings),
        _ => on_node(resource, findings),
    }),
};
