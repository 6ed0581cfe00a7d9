//! What there is to be reached: namespaces, service accounts, workloads, nodes.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::{Inventory, Pod};
use cloister_model::Resource;
use foldhash::HashMap;

use super::conditions::Conditions;
use super::graph::number;
use super::vertex::Vertex;
use crate::policy::index;
use crate::{Policy, Subject};

/// Every cluster has these.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// A workload with the nodes that its pods are seen on.
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    pub pod: Pod<'a>,
    pub nodes: BTreeSet<&'a str>,
}

impl Workload<'_> {
    /// Whether one of its pods may be called so: the pod itself, or one of a StatefulSet.
    fn has_pod(&self, name: &str) -> bool {
        let own = &*self.pod.resource.name;
        let ordinal = || name.strip_prefix(own).and_then(|rest| rest.strip_prefix('-'));
        match &*self.pod.resource.kind {
            "Pod" => own == name,
            "StatefulSet" => {
                ordinal().is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
            }
            _ => false,
        }
    }

    /// Whether it puts a pod on every node.
    pub fn is_everywhere(&self) -> bool {
        &*self.pod.resource.kind == "DaemonSet"
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct World<'a> {
    pub namespaces: BTreeSet<&'a str>,
    /// Service accounts by namespace.
    pub accounts: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Namespaces by the name of a service account.
    named: HashMap<&'a str, Vec<&'a str>>,
    pub workloads: Vec<Workload<'a>>,
    by_namespace: HashMap<&'a str, Vec<u32>>,
    pub nodes: BTreeMap<&'a str, Option<&'a Resource>>,
    /// A cluster was listed, pods and nodes among it: what is not here is not there.
    pub is_whole: bool,
}

impl<'a> World<'a> {
    pub fn new(policy: &Policy<'a>, inventory: &'a Inventory) -> World<'a> {
        let unread = |kind: &str| inventory.inputs().unread.iter().any(|unread| &*unread.kind == kind);
        let mut world =
            World { is_whole: inventory.inputs().cluster && !unread("Pod") && !unread("Node"), ..World::default() };
        world.namespaces.extend(NAMESPACES);
        world.namespaces.extend(inventory.namespaces().map(|(name, _)| name));
        for account in inventory.of_kind("ServiceAccount") {
            world.account(account.namespace_or_default(), &account.name);
        }
        for binding in policy.bindings() {
            world.namespaces.extend(Some(binding.namespace).filter(|namespace| !namespace.is_empty()));
            for (namespace, name) in binding.subjects.iter().filter_map(account_of) {
                world.account(namespace, name);
            }
        }
        world.read_workloads(inventory);
        world.read_nodes(inventory);
        let namespaces: Vec<&str> = world.namespaces.iter().copied().collect();
        namespaces.into_iter().for_each(|namespace| world.account(namespace, "default"));
        for (namespace, names) in &world.accounts {
            names.iter().for_each(|name| world.named.entry(name).or_default().push(namespace));
        }
        world
    }

    fn account(&mut self, namespace: &'a str, name: &'a str) {
        self.namespaces.insert(namespace);
        self.accounts.entry(namespace).or_default().insert(name);
    }

    fn read_workloads(&mut self, inventory: &'a Inventory) {
        for pod in inventory.pods() {
            let nodes = pod.spec.str_at("nodeName").filter(|_| &*pod.resource.kind == "Pod").into_iter().collect();
            self.account(pod.namespace(), pod.service_account());
            self.by_namespace.entry(pod.namespace()).or_default().push(number(self.workloads.len()));
            self.workloads.push(Workload { pod, nodes });
        }
    }

    /// The nodes, and which workload's pods run on which.
    fn read_nodes(&mut self, inventory: &'a Inventory) {
        self.nodes.extend(inventory.of_kind("Node").map(|node| (&*node.name, Some(node))));
        let mut workloads: HashMap<(&str, &str, &str), u32> = HashMap::default();
        for (place, workload) in self.workloads.iter().enumerate() {
            workloads.entry(key(workload.pod.resource)).or_insert(number(place));
        }
        for pod in inventory.of_kind("Pod") {
            let Some(node) = pod.root.str_at("spec/nodeName").filter(|name| !name.is_empty()) else { continue };
            self.nodes.entry(node).or_insert(None);
            let found = workloads.get(&key(top(inventory, pod))).copied();
            if let Some(workload) = found.and_then(|workload| self.workloads.get_mut(index(workload))) {
                workload.nodes.insert(node);
            }
        }
    }

    /// The workloads of a namespace, by number.
    pub fn workloads_in(&self, namespace: &str) -> &[u32] {
        self.by_namespace.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// The workloads with a pod of this name.
    pub fn with_pod(&self, namespace: &str, name: &str) -> Vec<u32> {
        let is_meant =
            |number: &&u32| self.workloads.get(index(**number)).is_some_and(|workload| workload.has_pod(name));
        self.workloads_in(namespace).iter().filter(is_meant).copied().collect()
    }

    /// Whether pods of two workloads may be on one node, and if that is certain.
    pub fn shares_node(&self, one: u32, other: u32) -> Option<Conditions> {
        let (one, other) = (self.workloads.get(index(one))?, self.workloads.get(index(other))?);
        let is_certain = one.is_everywhere() || other.is_everywhere() || !one.nodes.is_disjoint(&other.nodes);
        let is_told = !one.nodes.is_empty() && !other.nodes.is_empty();
        (is_certain || !is_told).then(|| Conditions::IF_ON_NODE.when(!is_certain))
    }

    /// The namespaces that have a service account of this name.
    pub fn with_account(&self, name: &str) -> &[&'a str] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The service account that a subject means.
fn account_of<'a>(subject: &Subject<'a>) -> Option<(&'a str, &'a str)> {
    match Vertex::of(subject) {
        Vertex::Account(namespace, name) => Some((namespace, name)),
        _ => None,
    }
}

fn key(resource: &Resource) -> (&str, &str, &str) {
    (&resource.kind, resource.namespace_or_default(), &resource.name)
}

/// Whoever owns a pod in the end; a circle ends somewhere in it.
fn top<'a>(inventory: &'a Inventory, pod: &'a Resource) -> &'a Resource {
    let mut top = pod;
    for _ in 0..4 {
        let owners = top.root.items_at("metadata/ownerReferences");
        let owner = owners.iter().find(|owner| owner.bool_at("controller") == Some(true));
        let found = owner
            .and_then(|owner| inventory.get(owner.str_at("kind")?, top.namespace_or_default(), owner.str_at("name")?));
        let Some(owner) = found else { break };
        top = owner;
    }
    top
}
