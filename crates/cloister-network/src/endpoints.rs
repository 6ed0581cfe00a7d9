//! The two ends of connections: workloads, nodes, and ranges of addresses outside.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use cloister_inventory::{ContainerRole, Inventory, Pod};
use cloister_model::{Entry, Resource};
use foldhash::{HashMap, HashSet};

use crate::addresses::AddressSet;
use crate::namespaces::label;
use crate::ports::Protocol;

/// One end of a connection.
#[derive(Debug)]
pub enum Endpoint<'a> {
    /// A workload: its pods, or those that its template would make.
    Workload(Workload<'a>),
    /// A node of the cluster.
    Node(Node<'a>),
    /// Addresses outside of the cluster, from one to another, both in it.
    Outside(AddressSet),
}

/// A port of a container with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedPort<'a> {
    /// The name.
    pub name: &'a str,
    /// The protocol; TCP where none is written.
    pub protocol: Protocol,
    /// The number.
    pub port: u16,
}

/// A workload. Pods that share an owner are one.
#[derive(Debug)]
pub struct Workload<'a> {
    /// The resource that carries its pods: a Deployment, or a pod itself.
    pub resource: &'a Resource,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name; that of the owner, where pods were read and their owner was not.
    pub name: &'a str,
    /// Its kind, likewise.
    pub kind: &'a str,
    /// The labels of its pods.
    pub labels: Cow<'a, [Entry]>,
    /// Ports with names.
    pub ports: Vec<NamedPort<'a>>,
    /// Its pods share the network of their node, so that what a policy means for them is the network plugin's choice.
    pub host_network: bool,
    /// The addresses that its pods have now; `None` where no pod was read.
    pub addresses: Option<AddressSet>,
    /// One of several that share owner and name, and that some rule tells apart: the number of those before it.
    pub variant: usize,
}

/// A node.
#[derive(Debug)]
pub struct Node<'a> {
    /// As it was read.
    pub resource: &'a Resource,
    /// Its addresses (`status.addresses`).
    pub addresses: AddressSet,
}

impl Endpoint<'_> {
    /// `namespace/name[Kind]`, or `first-last` for addresses.
    pub fn name(&self) -> String {
        match self {
            Endpoint::Workload(workload) => workload.to_string(),
            Endpoint::Node(node) => format!("{}[Node]", node.resource.name),
            Endpoint::Outside(addresses) => addresses.to_string(),
        }
    }

    /// Its name for people: addresses as CIDRs where they are.
    pub fn words(&self) -> String {
        match self {
            Endpoint::Outside(addresses) => addresses.words(),
            _ => self.name(),
        }
    }

    /// The workload, if it is one.
    pub fn workload(&self) -> Option<&Workload<'_>> {
        match self {
            Endpoint::Workload(workload) => Some(workload),
            _ => None,
        }
    }
}

impl std::fmt::Display for Workload<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}[{}]", self.namespace, self.name, self.kind)?;
        if self.variant > 0 { write!(out, "#{}", self.variant + 1) } else { Ok(()) }
    }
}

/// Every workload. `asked` are the keys of labels that some selector asks for: pods of one owner that differ in others
/// only are alike.
pub(crate) fn workloads<'a>(inventory: &'a Inventory, asked: &HashSet<&str>) -> Vec<Workload<'a>> {
    let mut addresses = addresses_of_owners(inventory);
    let mut found: Vec<Workload<'a>> = Vec::new();
    let mut orphans: BTreeMap<(&str, &str, &str), Vec<Workload<'a>>> = BTreeMap::new();
    for pod in inventory.pods() {
        let mut workload = of_pod(pod);
        if &*pod.resource.kind != "Pod" {
            let known = addresses.remove(&std::ptr::from_ref(pod.resource));
            workload.addresses = known;
            found.push(workload);
            continue;
        }
        workload.addresses = pod_addresses(pod.resource);
        match owner(pod.resource) {
            // The owner was not read, or it would stand here instead of its pods.
            Some((kind, name)) => {
                (workload.kind, workload.name) = (kind, name);
                orphans.entry((workload.namespace, kind, name)).or_default().push(workload);
            }
            None => found.push(workload),
        }
    }
    found.extend(orphans.into_values().flat_map(|pods| folded(pods, asked)));
    found.extend(inventory.resources().iter().filter_map(virtual_machine));
    number_namesakes(&mut found);
    found
}

/// What a pod's template says.
fn of_pod(pod: Pod<'_>) -> Workload<'_> {
    let resource = pod.resource;
    Workload {
        resource,
        namespace: pod.namespace(),
        name: &resource.name,
        kind: &resource.kind,
        labels: labels(&pod),
        ports: named_ports(&pod),
        host_network: pod.spec.bool_at("hostNetwork") == Some(true),
        addresses: None,
        variant: 0,
    }
}

/// A Job's pods carry its name.
fn labels<'a>(pod: &Pod<'a>) -> Cow<'a, [Entry]> {
    if &*pod.resource.kind != "Job" {
        return Cow::Borrowed(pod.labels());
    }
    let mut labels = pod.labels().to_vec();
    for key in ["job-name", "batch.kubernetes.io/job-name"] {
        if !labels.iter().any(|label| &*label.key == key) {
            labels.push(label(key, &pod.resource.name));
        }
    }
    Cow::Owned(labels)
}

/// Ports of the containers that run as long as the pod.
fn named_ports<'a>(pod: &Pod<'a>) -> Vec<NamedPort<'a>> {
    let lasting = pod.containers().filter(|it| matches!(it.role, ContainerRole::Regular | ContainerRole::Sidecar));
    let port = |node: &'a cloister_model::Node| {
        let protocol = node.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)?;
        let port = u16::try_from(node.int_at("containerPort")?).ok().filter(|port| *port > 0)?;
        Some(NamedPort { name: node.str_at("name")?, protocol, port })
    };
    let mut ports: Vec<_> = lasting.flat_map(|container| container.node.items_at("ports")).filter_map(port).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The addresses that a pod has; none where it has ended or was never placed.
fn pod_addresses(pod: &Resource) -> Option<AddressSet> {
    let status = pod.root.get("status")?;
    if matches!(status.str_at("phase"), Some("Succeeded" | "Failed")) {
        return None;
    }
    let several = status.items_at("podIPs").iter().filter_map(|item| item.str_at("ip"));
    let all = several.chain(status.str_at("podIP")).filter_map(|text| text.parse::<IpAddr>().ok());
    let addresses = all.fold(AddressSet::default(), |set, address| set.union(&AddressSet::one(address)));
    (!addresses.is_empty()).then_some(addresses)
}

/// Kind and name of the controller. A node "owns" the pods of its own files, which have nothing in common.
fn owner(resource: &Resource) -> Option<(&str, &str)> {
    let references = resource.root.items_at("metadata/ownerReferences");
    let controls = references.iter().find(|reference| reference.bool_at("controller") == Some(true));
    let reference = controls.or_else(|| references.first())?;
    let kind = reference.str_at("kind").unwrap_or("Pod");
    (kind != "Node").then_some((kind, reference.str_at("name")?))
}

/// The addresses of pods by the workload that is at the top of their owners.
fn addresses_of_owners(inventory: &Inventory) -> HashMap<*const Resource, AddressSet> {
    let mut addresses: HashMap<*const Resource, AddressSet> = HashMap::default();
    for pod in inventory.of_kind("Pod") {
        let Some(own) = pod_addresses(pod) else { continue };
        let mut top = pod;
        // Owners that own each other end here.
        for _ in 0..8 {
            let Some(above) = owner_in(inventory, top) else { break };
            top = above;
        }
        if !std::ptr::eq(top, pod) {
            let known = addresses.entry(std::ptr::from_ref(top)).or_default();
            *known = known.union(&own);
        }
    }
    addresses
}

fn owner_in<'a>(inventory: &'a Inventory, resource: &Resource) -> Option<&'a Resource> {
    let (kind, name) = owner(resource)?;
    let references = resource.root.items_at("metadata/ownerReferences").iter();
    let mut versions = references.filter(|it| it.str_at("name") == Some(name)).filter_map(|it| it.str_at("apiVersion"));
    let group = versions.next().and_then(|version| version.split_once('/')).map_or("", |(group, _)| group);
    let kind = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
    inventory.get(&kind, resource.namespace_or_default(), name)
}

/// Pods of one owner: those that no selector tells apart are one workload.
fn folded<'a>(pods: Vec<Workload<'a>>, asked: &HashSet<&str>) -> Vec<Workload<'a>> {
    let mut variants: Vec<Workload<'a>> = Vec::new();
    for pod in pods {
        let alike = variants.iter_mut().find(|other| {
            other.host_network == pod.host_network
                && other.ports == pod.ports
                && seen(&other.labels, asked).eq(seen(&pod.labels, asked))
        });
        match alike {
            Some(first) => {
                first.addresses = match (first.addresses.take(), &pod.addresses) {
                    (Some(one), Some(other)) => Some(one.union(other)),
                    (one, other) => one.or_else(|| other.clone()),
                };
            }
            None => variants.push(pod),
        }
    }
    variants
}

/// The labels that somebody asks for, in the order of their keys.
fn seen<'l>(labels: &'l [Entry], asked: &HashSet<&str>) -> impl Iterator<Item = (&'l str, Option<&'l str>)> {
    let mut seen: Vec<_> = labels.iter().filter(|label| asked.contains(&*label.key)).collect();
    seen.sort_by(|one, other| one.key.cmp(&other.key));
    seen.into_iter().map(|label| (&*label.key, label.node.as_str()))
}

/// KubeVirt runs a virtual machine in a pod that carries the labels of its template.
fn virtual_machine(resource: &Resource) -> Option<Workload<'_>> {
    if resource.group() != "kubevirt.io" {
        return None;
    }
    let labels = match &*resource.kind {
        "VirtualMachine" => resource.root.entries_at("spec/template/metadata/labels"),
        "VirtualMachineInstance" if owner(resource).is_none() => resource.labels(),
        "VirtualMachineInstanceReplicaSet" => resource.root.entries_at("spec/template/metadata/labels"),
        _ => return None,
    };
    Some(Workload {
        resource,
        namespace: resource.namespace_or_default(),
        name: &resource.name,
        kind: &resource.kind,
        labels: Cow::Borrowed(labels),
        ports: Vec::new(),
        host_network: false,
        addresses: None,
        variant: 0,
    })
}

/// Workloads that share a name are told apart by number.
fn number_namesakes(workloads: &mut Vec<Workload<'_>>) {
    workloads.sort_by(|one, other| (one.namespace, one.name, one.kind).cmp(&(other.namespace, other.name, other.kind)));
    let mut last: Option<(&str, &str, &str)> = None;
    let mut number = 0;
    for workload in workloads {
        let name = (workload.namespace, workload.name, workload.kind);
        number = if last == Some(name) { number + 1 } else { 0 };
        workload.variant = number;
        last = Some(name);
    }
}

/// Every node that was read.
pub(crate) fn nodes(inventory: &Inventory) -> impl Iterator<Item = Node<'_>> {
    inventory.of_kind("Node").map(|resource| {
        let written = resource.root.items_at("status/addresses").iter().filter_map(|it| it.str_at("address"));
        let all = written.filter_map(|text| text.parse::<IpAddr>().ok());
        Node { resource, addresses: all.fold(AddressSet::default(), |set, it| set.union(&AddressSet::one(it))) }
    })
}
