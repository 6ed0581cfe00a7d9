//! # What it does
//! Finds API servers whose audit log lies on their node and, as far as the input shows, goes nowhere else: no webhook, no
//! log agent of the input that mounts the folder, no volume that is kept elsewhere. The path of the flag is one inside of
//! the container: it is followed through `volumeMounts` to the folder of the node, also by the static pod
//! that facts of a node hold. Agents that run on the node outside Kubernetes are seen in its facts, with the logs that
//! their configurations name; without facts accept the finding, and say so.
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
use cloister_model::{Node, Severity};
use cloister_node::format::JOURNAL;
use cloister_node::{Facts, Role};

use super::components::Home;
use super::flags::{API_SERVER, Flags, PODS, Verdict, examine};
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
            let on_host = read_on_host(flags);
            let is_read = |file: &str| on_host.contains(&file) || read.iter().any(|folder| is_below(file, folder));
            match &*path {
                // Another check says that there is none.
                "" => Verdict::NotApplicable,
                _ if flags.is_set("--audit-webhook-config-file") => Verdict::Holds,
                // What a program of the host itself writes to its output, the journal keeps.
                "-" | "/dev/stdout" if on_host.contains(&JOURNAL) && !is_pod(flags) => Verdict::Holds,
                "-" | "/dev/stdout" if OUTPUTS.iter().any(|folder| is_read(folder)) => Verdict::Holds,
                path => match home(flags, path) {
                    Lies::Elsewhere => Verdict::Holds,
                    Lies::OnNode(path) if is_read(&path) => Verdict::Holds,
                    _ => flags.fault(PATH, ""),
                },
            }
        });
    }),
};

/// The logs that agents outside of Kubernetes read on the node of a process.
fn read_on_host<'a>(flags: &Flags<'a>) -> Vec<&'a str> {
    let Home::Process(process) = flags.home else { return Vec::new() };
    let facts = Facts::of(process.resource()).into_iter();
    facts.flat_map(|facts| facts.processes()).flat_map(|agent| agent.reads()).collect()
}

/// Whether a process runs in a pod: its output is then a file below [`OUTPUTS`].
fn is_pod(flags: &Flags<'_>) -> bool {
    match flags.home {
        Home::Container(_) => true,
        Home::Process(process) => process.node.get("pod").is_some(),
    }
}

/// Where a file of a container lies.
enum Lies {
    /// On its node, under this path.
    OnNode(String),
    /// On its node, where nothing but its own pod comes to it, or goes with it.
    InPod,
    /// On a volume that outlives the node, or in the hands of an agent beside it.
    Elsewhere,
}

fn home(flags: &Flags<'_>, path: &str) -> Lies {
    match flags.home {
        Home::Container(container) => lies(container.pod.spec, container.node, path),
        // A process sees what its static pod mounts; without one it sees the node.
        Home::Process(process) => {
            let facts = Facts::of(process.resource());
            let files = facts.into_iter().flat_map(|facts| facts.files_of(Role::ApiServerManifest));
            let pods = files.filter_map(|file| file.content()?.get("spec"));
            let mut found = pods.filter_map(|spec| Some((spec, server_in(spec)?)));
            found.next().map_or_else(|| Lies::OnNode(path.to_owned()), |(spec, server)| lies(spec, server, path))
        }
    }
}

/// The container of a pod that is the API server.
fn server_in(spec: &Node) -> Option<&Node> {
    let containers = spec.items_at("containers");
    let starts = |container: &&Node| {
        let words = container.items_at("command").iter().chain(container.items_at("args"));
        words.filter_map(Node::as_str).any(|word| word.rsplit('/').next() == Some(API_SERVER))
    };
    containers.iter().find(starts)
}

/// Follows a path through the mount that holds it most closely.
fn lies(spec: &Node, container: &Node, path: &str) -> Lies {
    let under = |mount: &Node| is_below(path, mount.str_at("mountPath").unwrap_or_default().trim_end_matches('/'));
    let depth = |mount: &&Node| mount.str_at("mountPath").unwrap_or_default().len();
    let Some(mount) = container.items_at("volumeMounts").iter().filter(|mount| under(mount)).max_by_key(depth) else {
        return Lies::InPod;
    };
    let name = mount.str_at("name");
    let Some(volume) = spec.items_at("volumes").iter().find(|volume| volume.str_at("name") == name) else {
        return Lies::InPod;
    };
    if let Some(folder) = volume.str_at("hostPath/path") {
        let at = mount.str_at("mountPath").unwrap_or_default().trim_end_matches('/');
        let rest = path.strip_prefix(at).unwrap_or_default();
        let inside = mount.str_at("subPath").map(|sub| format!("/{}", sub.trim_matches('/'))).unwrap_or_default();
        return Lies::OnNode(format!("{}{inside}{rest}", folder.trim_end_matches('/')));
    }
    let kept = ["persistentVolumeClaim", "nfs", "csi"].iter().any(|kind| volume.get(kind).is_some());
    let handed = spec.items_at("containers").iter().any(|other| {
        let agent = AGENTS.iter().any(|agent| other.str_at("image").unwrap_or_default().contains(agent));
        agent && other.items_at("volumeMounts").iter().any(|mount| mount.str_at("name") == name)
    });
    if kept || handed { Lies::Elsewhere } else { Lies::InPod }
}

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
