//! Workloads that labels tell apart, each with the selector of its policies.

use std::collections::{BTreeMap, BTreeSet};

use super::GenerateOptions;
use super::select::{Labels, Requirement, matches, selector, stays};
use crate::endpoints::{Endpoint, Workload};
use crate::network::Network;

/// Workloads that share their policies.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) namespace: String,
    /// By number among the endpoints; several where no label tells them apart.
    pub(super) workloads: Vec<usize>,
    pub(super) selector: Vec<Requirement>,
    /// The name of its policies, unlike all others of its namespace.
    pub(super) name: String,
    /// For people: `Deployment api`.
    pub(super) called: String,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Units {
    pub(super) all: Vec<Unit>,
    /// The unit of each workload; none for those on their node's network.
    pub(super) of: BTreeMap<usize, usize>,
    /// Namespaces that get policies.
    pub(super) managed: BTreeSet<String>,
    /// Namespaces that get none.
    pub(super) left_alone: BTreeSet<String>,
    /// Pods on their node's network that have the labels of these units too.
    pub(super) shadowed: BTreeSet<usize>,
}

/// Names of policies that are not about one workload.
const RESERVED: [&str; 2] = ["default-deny", "allow-dns"];

/// Namespaces of the cluster itself: what it needs is declared nowhere.
const SYSTEM: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

impl Units {
    pub(super) fn of(network: &Network<'_>, options: &GenerateOptions) -> Units {
        let mut namespaces: BTreeMap<&str, Vec<(usize, &Workload<'_>)>> = BTreeMap::new();
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            if let Endpoint::Workload(workload) = endpoint {
                namespaces.entry(workload.namespace).or_default().push((number, workload));
            }
        }
        let mut units = Units::default();
        for (namespace, workloads) in namespaces {
            let named = options.namespaces.is_empty() && !SYSTEM.contains(&namespace);
            let wanted = named || options.namespaces.iter().any(|it| it == namespace);
            let list = if wanted { &mut units.managed } else { &mut units.left_alone };
            list.insert(namespace.to_owned());
            units.add(namespace, &workloads);
        }
        units
    }

    pub(super) fn is_managed(&self, namespace: &str) -> bool {
        self.managed.contains(namespace)
    }

    /// The names of workloads that no label tells apart.
    pub(super) fn joined(&self, network: &Network<'_>) -> Vec<Vec<String>> {
        let several = self.all.iter().filter(|unit| unit.workloads.len() > 1);
        let name = |number: &usize| network.endpoint(*number).map(Endpoint::name);
        several.map(|unit| unit.workloads.iter().filter_map(name).collect()).collect()
    }

    fn add(&mut self, namespace: &str, workloads: &[(usize, &Workload<'_>)]) {
        let mut alike: BTreeMap<Labels, Vec<(usize, &Workload<'_>)>> = BTreeMap::new();
        let mut hosts: BTreeSet<Labels> = BTreeSet::new();
        for (number, workload) in workloads {
            if workload.host_network {
                hosts.insert(labels(workload));
            } else {
                alike.entry(labels(workload)).or_default().push((*number, workload));
            }
        }
        let all: Vec<&Labels> = alike.keys().chain(hosts.iter()).collect();
        let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
        let mut found: Vec<(&Labels, &Vec<(usize, &Workload<'_>)>)> = alike.iter().collect();
        found.sort_by_key(|(_, members)| members.first().map(|(number, _)| *number));
        for (own, members) in found {
            let others: Vec<&Labels> = all.iter().copied().filter(|it| *it != own).collect();
            let Some((_, first)) = members.first() else { continue };
            let selector = selector(own, &others);
            let number = self.all.len();
            if hosts.iter().any(|it| matches(&selector, it)) {
                self.shadowed.insert(number);
            }
            self.of.extend(members.iter().map(|(workload, _)| (*workload, number)));
            self.all.push(Unit {
                namespace: namespace.to_owned(),
                workloads: members.iter().map(|(number, _)| *number).collect(),
                selector,
                name: name(first, &mut taken),
                called: called(members),
            });
        }
    }
}

/// The labels of a workload that stay, as far as they are text.
fn labels(workload: &Workload<'_>) -> Labels {
    let text =
        workload.labels.iter().filter_map(|label| Some((label.key.to_string(), label.node.as_str()?.to_owned())));
    text.filter(|(key, _)| stays(key)).collect()
}

fn name(workload: &Workload<'_>, taken: &mut BTreeSet<String>) -> String {
    let own = workload.name.trim_end_matches('*').trim_end_matches('-').to_owned();
    let with_kind = format!("{own}-{}", workload.kind.to_lowercase());
    let numbered = (2..10_000).map(|number| format!("{with_kind}-{number}"));
    let names = [own, with_kind.clone()].into_iter().chain(numbered);
    names.into_iter().find(|name| !name.is_empty() && taken.insert(name.clone())).unwrap_or(with_kind)
}

fn called(members: &[(usize, &Workload<'_>)]) -> String {
    let names = members.iter().map(|(_, workload)| format!("{} {}", workload.kind, workload.name));
    names.collect::<Vec<_>>().join(", ")
}
