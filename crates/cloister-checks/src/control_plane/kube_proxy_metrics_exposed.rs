//! # What it does
//! Finds kube-proxies that serve metrics on more than loopback: by their configuration, or as they run on a node. With
//! `--config`, kube-proxy takes the address of that file and passes over `--metrics-bind-address`.
//!
//! # Why it matters
//! Whoever reaches the node reads from the metrics which services there are and how
//! much they are used.
//!
//! # What to do
//! Take `metricsBindAddress` away, or set it to `127.0.0.1:10249`.
//!
//! # References
//! CIS 4.3.1. GDPR Art. 32(1)(b). Kubernetes 1.37, `Options.Complete` of `cmd/kube-proxy/app/options.go`.

use std::net::{IpAddr, SocketAddr};

use cloister_model::{Place, Resource, Severity};
use cloister_node::{Facts, Process, Role, arguments};

use crate::{Check, Findings, Lacking, Need, Run};

const KEY: &str = "metricsBindAddress:";

/// Whether only the node itself reaches the address; an empty one is loopback.
fn is_local(address: &str) -> bool {
    let socket = address.parse::<SocketAddr>().map(|socket| socket.ip());
    let ip = socket.or_else(|_| address.parse::<IpAddr>());
    address.is_empty() || ip.is_ok_and(|ip| ip.is_loopback()) || address.starts_with("localhost")
}

/// kube-proxy as it runs on a node.
fn on_node<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    let Some(facts) = Facts::of(resource) else { return };
    let proxies: Vec<_> = facts.processes().filter(|process| process.program() == "kube-proxy").collect();
    let files: Vec<_> = facts.files_of(Role::ProxyConfig).filter(|file| file.content().is_some()).collect();
    if proxies.is_empty() && files.is_empty() {
        return findings.not_applicable();
    }
    // Each of them, since any pod may call a process so, and no file tells whose it is.
    let by_file = proxies.is_empty() || proxies.iter().any(|proxy| flag(proxy, "config").is_some());
    let flags = proxies.iter().filter(|proxy| flag(proxy, "config").is_none());
    let of_flags = flags.filter_map(|proxy| flag(proxy, "metrics-bind-address"));
    let of_files = files.iter().filter(|_| by_file).filter_map(|file| {
        let address = file.content()?.str_at("metricsBindAddress")?;
        Some((address, file.at("content/metricsBindAddress")))
    });
    for (address, place) in of_flags.chain(of_files).filter(|(address, _)| !is_local(address)) {
        findings.report(place).message(format!("kube-proxy serves its metrics on {address}"));
    }
    if by_file && files.is_empty() {
        unseen(resource, findings);
    }
}

/// The file that counts is not known: what flags say proves nothing.
fn unseen<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    findings.not_applicable();
    findings.lacks(
        Lacking::Input(Need::NodeOf("kube-proxy")),
        format!("kube-proxy's configuration on {} could not be read", resource.name),
        "collect its facts with the rights to read the file that --config names",
    );
}

/// The last value of a flag.
fn flag<'a>(process: &Process<'a>, name: &str) -> Option<(&'a str, Place<'a>)> {
    let words: Vec<_> = process.words().collect();
    let bare: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let found = arguments(&bare, name, false).pop()?;
    Some((found.value.filter(|value| !value.is_empty())?, words.get(found.index)?.1))
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
