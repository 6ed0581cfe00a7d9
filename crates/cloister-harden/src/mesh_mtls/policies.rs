//! PeerAuthentications: those that are there and in the way, and those that are written.

use std::collections::{BTreeMap, BTreeSet};

use cloister_model::{Node, Resource, clean};

use crate::yaml::quoted;

/// The kind, as the inventory names it.
pub(super) const KIND: &str = "PeerAuthentication.security.istio.io";

/// Labels that controllers give to each pod, or to each version of a workload.
const OF_PODS: [&str; 10] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "controller-uid",
    "job-name",
    "security.istio.io/tlsMode",
];

/// Labels by which a PeerAuthentication can select a workload.
pub(super) fn labels(workload: &cloister_network::Workload<'_>) -> BTreeMap<String, String> {
    let own = workload.labels.iter().filter(|it| !OF_PODS.contains(&&*it.key));
    own.filter_map(|it| Some((it.key.to_string(), it.node.as_str()?.to_owned()))).collect()
}

/// Ports of workloads with some labels that stay open to plaintext.
#[derive(Clone, Debug, Default)]
pub(super) struct Exception {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    /// By port, with the reasons.
    pub(super) ports: BTreeMap<u16, Vec<String>>,
    /// Reasons to leave every port open.
    pub(super) whole: Vec<String>,
}

impl Exception {
    /// Whether it selects a workload with these labels.
    pub(super) fn selects(&self, namespace: &str, labels: &BTreeMap<String, String>) -> bool {
        self.namespace == namespace && self.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
    }

    /// Whether a policy of today is just this one.
    pub(super) fn is(&self, policy: &Resource) -> bool {
        let ports = policy.root.entries_at("spec/portLevelMtls");
        let open: BTreeSet<u16> = ports.iter().filter_map(|it| it.key.parse().ok()).collect();
        let labels = policy.root.entries_at("spec/selector/matchLabels").iter();
        let labels: BTreeMap<String, String> =
            labels.filter_map(|it| Some((it.key.to_string(), it.node.as_str()?.to_owned()))).collect();
        policy.namespace_or_default() == self.namespace
            && *policy.name == *self.name
            && labels == self.labels
            && self.whole.is_empty()
            && policy.root.str_at("spec/mtls/mode") == Some("STRICT")
            && ports.iter().all(|it| it.node.str_at("mode") == Some("PERMISSIVE"))
            && open.iter().eq(self.ports.keys())
    }

    pub(super) fn take_in(&mut self, other: Exception) {
        for (port, reasons) in other.ports {
            self.ports.entry(port).or_default().extend(reasons);
        }
        self.whole.extend(other.whole);
    }

    /// The policy, with the reasons as comments.
    pub(super) fn text(&self) -> String {
        let mut spec = selector(&self.labels);
        if self.whole.is_empty() {
            spec += "  mtls:\n    mode: STRICT\n  portLevelMtls:\n";
            for (port, reasons) in &self.ports {
                spec += &comments(4, reasons);
                spec += &format!("    {port}:\n      mode: PERMISSIVE\n");
            }
        } else {
            spec += &comments(2, &self.whole);
            spec += "  mtls:\n    mode: PERMISSIVE\n";
        }
        head(&self.namespace, &self.name) + &spec
    }
}

fn comments(indent: usize, reasons: &[String]) -> String {
    let mut told: Vec<&String> = Vec::new();
    reasons.iter().for_each(|it| {
        if !told.contains(&it) {
            told.push(it)
        }
    });
    told.into_iter().map(|it| format!("{:indent$}# {}\n", "", clean(it))).collect()
}

fn selector(labels: &BTreeMap<String, String>) -> String {
    let all: String = labels.iter().map(|(key, value)| format!("      {}: {}\n", quoted(key), quoted(value))).collect();
    if all.is_empty() { String::new() } else { format!("  selector:\n    matchLabels:\n{all}") }
}

fn head(namespace: &str, name: &str) -> String {
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: {}\n  namespace: {}\nspec:\n",
        quoted(name),
        quoted(namespace)
    )
}

/// The mode of a whole namespace; of the mesh, where that is the mesh's own.
pub(super) fn of_namespace(namespace: &str, mode: &str) -> String {
    head(namespace, "default") + &format!("  mtls:\n    mode: {mode}\n")
}

/// Whether it takes anything but mutual TLS, by its own word.
pub(super) fn is_weak(policy: &Resource) -> bool {
    modes(policy).any(|mode| mode == "PERMISSIVE" || mode == "DISABLE")
}

/// Whether it switches mutual TLS off.
pub(super) fn switches_off(policy: &Resource) -> bool {
    modes(policy).any(|mode| mode == "DISABLE")
}

fn modes(policy: &Resource) -> impl Iterator<Item = &str> {
    let ports = policy.root.entries_at("spec/portLevelMtls").iter().map(|it| &it.node);
    policy.root.at("spec/mtls").into_iter().chain(ports).filter_map(|it| it.str_at("mode"))
}

/// The same policy, with plaintext *and* mutual TLS where it took plaintext only.
pub(super) fn softened(policy: &Resource) -> String {
    let soft = |node: &Node| match node.str_at("mode") {
        Some("DISABLE" | "PERMISSIVE") => "PERMISSIVE",
        Some("STRICT") => "STRICT",
        _ => "UNSET",
    };
    let labels = policy.root.entries_at("spec/selector/matchLabels").iter();
    let labels = labels.filter_map(|it| Some((it.key.to_string(), it.node.as_str()?.to_owned()))).collect();
    let mut text = head(policy.namespace_or_default(), &policy.name) + &selector(&labels);
    if let Some(mtls) = policy.root.at("spec/mtls") {
        text += &format!("  mtls:\n    mode: {}\n", soft(mtls));
    }
    let ports = policy.root.entries_at("spec/portLevelMtls");
    if !ports.is_empty() {
        text += "  portLevelMtls:\n";
        let one =
            |port: &cloister_model::Entry| format!("    {}:\n      mode: {}\n", quoted(&port.key), soft(&port.node));
        text += &ports.iter().map(one).collect::<String>();
    }
    text
}
