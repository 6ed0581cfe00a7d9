//! # What it does
//! Finds API servers whose audit log lies on their node and, as far as the input shows, goes nowhere else: no webhook, and
//! no log agent of the input that mounts the folder. An agent that runs outside Kubernetes is not seen; accept the finding
//! then, and say so.
//!
//! # Why it matters
//! Whoever takes the control plane's node can change the log of how it was done. And a node that is replaced takes the log
//! along.
//!
//! # What to do
//! Let a log agent read the folder of `--audit-log-path`, or set `--audit-webhook-config-file`.
//!
//! # References
//! CIS 3.2.1. GDPR Art. 5(2), 33(1).

use cloister_inventory::{Inventory, Pod};
use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

const PATH: &str = "--audit-log-path";
/// Where the output of containers lies on a node.
const OUTPUTS: [&str; 2] = ["/var/log/pods", "/var/log/containers"];
/// Words in the images of log agents.
const AGENTS: [&str; 14] = [
    "alloy",
    "datadog",
    "elastic-agent",
    "filebeat",
    "fluent",
    "grafana-agent",
    "logstash",
    "nri-",
    "opentelemetry-collector",
    "otel",
    "promtail",
    "splunk",
    "syslog",
    "vector",
];

pub(crate) const CHECK: Check = Check {
    name: "audit-log-on-node-only",
    title: "audit log is kept on the node only, as far as the input shows",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        let read = folders_read(findings.inventory());
        examine(API_SERVER, findings, |flags| {
            let path = flags.value(PATH).unwrap_or_default();
            let is_read = |file: &str| read.iter().any(|folder| is_below(file, folder));
            match &*path {
                // Another check says that there is none.
                "" => Verdict::NotApplicable,
                _ if flags.is_set("--audit-webhook-config-file") => Verdict::Holds,
                "-" | "/dev/stdout" if OUTPUTS.iter().any(|folder| is_read(folder)) => Verdict::Holds,
                path if is_read(path) => Verdict::Holds,
                _ => flags.fault(PATH, ""),
            }
        });
    }),
};

/// Folders of nodes that log agents mount.
fn folders_read(inventory: &Inventory) -> Vec<String> {
    let agents = inventory.pods().filter(is_agent);
    let folders = agents.flat_map(|pod| pod.volumes().iter().filter_map(|volume| volume.str_at("hostPath/path")));
    folders.map(|folder| folder.trim_end_matches('/').to_owned()).collect()
}

fn is_agent(pod: &Pod<'_>) -> bool {
    pod.containers().any(|container| AGENTS.iter().any(|agent| container.image().contains(agent)))
}

fn is_below(file: &str, folder: &str) -> bool {
    file.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
