//! Folders of nodes, by facts of the nodes on which they lie.

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Node, Resource};
use cloister_node::{Facts, OnDisk};

/// Provisioners that make volumes in a folder of a node, and the folders that they come with.
const FOLDERS: [(&str, &[&str]); 5] = [
    ("rancher.io/local-path", &["/opt/local-path-provisioner", "/var/lib/rancher/k3s/storage"]),
    ("k8s.io/minikube-hostpath", &["/tmp/hostpath-provisioner"]),
    ("microk8s.io/hostpath", &["/var/snap/microk8s/common/default-storage"]),
    ("openebs.io/local", &["/var/openebs/local"]),
    ("docker.io/hostpath", &[]),
];

const HOST_NAME: &str = "kubernetes.io/hostname";

/// Where something lies.
enum Nodes<'a> {
    /// On any of these.
    Named(Vec<&'a str>),
    /// Nothing says where.
    Any,
}

/// The folder of a PersistentVolume.
pub(super) fn volume<'a>(spec: &'a Node, path: &str, inventory: &'a Inventory) -> OnDisk<'a> {
    let terms = spec.items_at("nodeAffinity/required/nodeSelectorTerms");
    let named: Option<Vec<Vec<&str>>> = terms.iter().map(|term| of_term(term, inventory)).collect();
    let nodes = match named {
        // Terms are alternatives.
        Some(names) if !names.is_empty() => Nodes::Named(names.into_iter().flatten().collect()),
        _ => Nodes::Any,
    };
    everywhere(&nodes, inventory, |facts| facts.on_disk(path))
}

/// A `hostPath` of a pod.
pub(super) fn pod<'a>(pod: &Pod<'a>, path: &str, inventory: &'a Inventory) -> OnDisk<'a> {
    let given = pod.spec.str_at("nodeName");
    let chosen = pod.spec.at("nodeSelector").and_then(|labels| labels.get(HOST_NAME)?.as_str());
    let nodes = match (given, chosen) {
        (Some(name), _) => Nodes::Named(vec![name]),
        (None, Some(host)) => Nodes::Named(by_host(host, inventory)),
        (None, None) => Nodes::Any,
    };
    everywhere(&nodes, inventory, |facts| facts.on_disk(path))
}

/// The folders in which a class makes its volumes; none where its provisioner makes none.
pub(super) fn class<'a>(resource: &'a Resource, driver: &str, inventory: &'a Inventory) -> Option<OnDisk<'a>> {
    let (_, folders) = FOLDERS.iter().find(|(name, _)| *name == driver)?;
    let own = configured(resource, driver, inventory);
    Some(everywhere(&Nodes::Any, inventory, |facts| {
        if own.is_empty() {
            usual(&facts, folders)
        } else {
            worst(own.iter().map(|path| facts.on_disk(path)).collect())
        }
    }))
}

/// Folders that are configured instead. Sources: `nodePath` and `config.json` of local-path, `pvDir` of MicroK8s, the
/// annotation of OpenEBS.
fn configured<'a>(class: &'a Resource, driver: &str, inventory: &'a Inventory) -> Vec<&'a str> {
    let parameter = |key| class.root.at("parameters")?.get(key)?.as_str();
    if let Some(path) = parameter("nodePath").or_else(|| parameter("pvDir")) {
        return vec![path];
    }
    let texts: Vec<&str> = match driver {
        "openebs.io/local" => class.annotation("cas.openebs.io/config").into_iter().collect(),
        "rancher.io/local-path" => {
            let maps =
                inventory.of_kind("ConfigMap").filter_map(|map| map.root.at("data")?.get("config.json")?.as_str());
            maps.filter(|text| text.contains("nodePathMap")).collect()
        }
        _ => Vec::new(),
    };
    let words = texts.into_iter().flat_map(|text| text.split(|it: char| it.is_whitespace() || "\"',[]{}".contains(it)));
    words.filter(|word| word.starts_with('/')).collect()
}

/// The usual folders: those that are there count.
fn usual<'a>(facts: &Facts<'a>, folders: &[&str]) -> OnDisk<'a> {
    let told: Vec<OnDisk<'a>> = folders.iter().filter_map(|path| facts.told_disk(path)).collect();
    if told.is_empty() { folders.first().map_or(OnDisk::Unknown, |path| facts.on_disk(path)) } else { worst(told) }
}

/// What holds wherever it may lie: one node without encryption is enough to say so, and every node must be known to be
/// encrypted.
fn everywhere<'a>(nodes: &Nodes<'_>, inventory: &'a Inventory, look: impl Fn(Facts<'a>) -> OnDisk<'a>) -> OnDisk<'a> {
    let states: Vec<OnDisk<'a>> = match nodes {
        Nodes::Named(names) => names
            .iter()
            .map(|name| {
                let facts = inventory.node_facts().find(|facts| facts.name() == *name);
                facts.map_or(OnDisk::Unknown, &look)
            })
            .collect(),
        Nodes::Any => {
            let mut all: Vec<OnDisk<'a>> = inventory.node_facts().map(&look).collect();
            let known = |node: &Resource| inventory.node_facts().any(|facts| *facts.name() == *node.name);
            // Without the cluster's list of nodes there may be more of them than facts.
            if inventory.of_kind("Node").next().is_none() || !inventory.of_kind("Node").all(known) {
                all.push(OnDisk::Unknown);
            }
            all
        }
    };
    worst(states)
}

fn worst(states: Vec<OnDisk<'_>>) -> OnDisk<'_> {
    let plain = states.iter().find(|state| matches!(state, OnDisk::Plain(_)));
    match plain {
        Some(plain) => *plain,
        None if !states.is_empty() && states.iter().all(|state| *state == OnDisk::Encrypted) => OnDisk::Encrypted,
        None => OnDisk::Unknown,
    }
}

/// The nodes that a term chooses by name; none where it chooses otherwise.
fn of_term<'a>(term: &'a Node, inventory: &'a Inventory) -> Option<Vec<&'a str>> {
    let values = |list: &'static str, key: &str| -> Option<&'a Node> {
        let mut all = term.items_at(list).iter();
        all.find(|one| one.str_at("key") == Some(key) && one.str_at("operator") == Some("In"))
    };
    if let Some(field) = values("matchFields", "metadata.name") {
        return Some(field.strs_at("values").collect());
    }
    let label = values("matchExpressions", HOST_NAME)?;
    Some(label.strs_at("values").flat_map(|host| by_host(host, inventory)).collect())
}

/// The nodes with this host name; mostly it is the node's own.
fn by_host<'a>(host: &'a str, inventory: &'a Inventory) -> Vec<&'a str> {
    let labelled = |node: &&Resource| node.label(HOST_NAME) == Some(host);
    let found: Vec<&str> = inventory.of_kind("Node").filter(labelled).map(|node| &*node.name).collect();
    if found.is_empty() { vec![host] } else { found }
}
