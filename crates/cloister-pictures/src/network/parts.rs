//! What is drawn as one: the less, the fewer workloads there are.

use std::collections::{BTreeMap, BTreeSet};

use cloister_network::{Direction, Workload};

use super::Facts;
use super::keeps::{self, Keeps};

/// How much is drawn as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Nothing.
    Workloads,
    /// Workloads of one namespace that no rule tells apart.
    Alike,
    /// Workloads of one namespace; stores stay apart.
    Namespaces,
    /// Workloads of one namespace, with its stores.
    Whole,
    /// Namespaces whose workloads no rule tells apart.
    NamespacesAlike,
}

impl Level {
    pub const ALL: [Level; 5] =
        [Level::Workloads, Level::Alike, Level::Namespaces, Level::Whole, Level::NamespacesAlike];
}

/// A part of the map.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub id: String,
    /// The namespaces of its workloads; one, but for namespaces that are alike.
    pub namespaces: BTreeSet<String>,
    /// Its workloads, as endpoints.
    pub members: Vec<usize>,
    pub keeps: Vec<Keeps>,
    /// How many of its workloads no policy selects: on their way in, on their way out.
    pub open: (usize, usize),
}

/// All of them.
pub(super) struct Parts {
    pub level: Level,
    pub all: Vec<Part>,
    /// The part of each endpoint.
    of: Vec<Option<usize>>,
    /// Whether no policy selects an endpoint: on its way in, on its way out.
    open: Vec<(bool, bool)>,
}

impl Parts {
    pub fn new(facts: &Facts<'_, '_>, level: Level) -> Parts {
        let network = facts.network;
        let is_open = |endpoint, direction| network.policies_of(endpoint, direction).next().is_none();
        let count = network.endpoints().len();
        let open: Vec<(bool, bool)> =
            (0..count).map(|it| (is_open(it, Direction::Ingress), is_open(it, Direction::Egress))).collect();
        let mut keyed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let signatures = signatures(facts, level);
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            let Some(workload) = endpoint.workload() else { continue };
            let key = key(facts, level, number, workload, &signatures);
            keyed.entry(key).or_default().push(number);
        }
        let mut parts = Parts { level, all: Vec::new(), of: vec![None; count], open };
        for (id, members) in keyed {
            let number = parts.all.len();
            for member in &members {
                parts.of.get_mut(*member).into_iter().for_each(|of| *of = Some(number));
            }
            let part = parts.part(facts, id, members);
            parts.all.push(part);
        }
        parts
    }

    fn part(&self, facts: &Facts<'_, '_>, id: String, members: Vec<usize>) -> Part {
        let workloads = || members.iter().filter_map(|it| facts.network.endpoint(*it)?.workload());
        let open: Vec<(bool, bool)> = members.iter().map(|it| self.is_open(*it)).collect();
        Part {
            id,
            namespaces: workloads().map(|it| it.namespace.to_owned()).collect(),
            keeps: workloads().filter_map(|it| keeps::of(it.resource, facts.register)).collect(),
            open: (open.iter().filter(|it| it.0).count(), open.iter().filter(|it| it.1).count()),
            members,
        }
    }

    pub fn of(&self, endpoint: usize) -> Option<usize> {
        self.of.get(endpoint).copied().flatten()
    }

    /// Whether namespaces are bands, and not nodes.
    pub fn is_banded(&self) -> bool {
        matches!(self.level, Level::Workloads | Level::Alike)
    }

    /// Whether no policy selects an endpoint: on its way in, on its way out.
    pub fn is_open(&self, endpoint: usize) -> (bool, bool) {
        self.open.get(endpoint).copied().unwrap_or_default()
    }
}

/// What parts are told apart by.
fn key(
    facts: &Facts<'_, '_>,
    level: Level,
    number: usize,
    workload: &Workload<'_>,
    signatures: &BTreeMap<&str, String>,
) -> String {
    let namespace = workload.namespace;
    let alone = || format!("workload/{workload}");
    let is_store = || keeps::of(workload.resource, facts.register).is_some();
    match level {
        Level::Workloads => alone(),
        Level::Alike | Level::Namespaces if is_store() => alone(),
        Level::Alike => {
            let entered: Vec<String> = facts
                .entries
                .entries
                .iter()
                .enumerate()
                .filter(|(_, it)| it.workload == number)
                .map(|(number, _)| number.to_string())
                .collect();
            let class = facts.network.class_of(number).unwrap_or_default();
            format!("alike/{namespace}/{class:06}/{}", entered.join(","))
        }
        Level::Namespaces | Level::Whole => format!("namespace/{namespace}"),
        Level::NamespacesAlike => format!("namespaces/{}", signatures.get(namespace).cloned().unwrap_or_default()),
    }
}

/// Namespaces with workloads of the same classes are alike.
fn signatures<'f>(facts: &'f Facts<'_, '_>, level: Level) -> BTreeMap<&'f str, String> {
    let mut classes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    if level != Level::NamespacesAlike {
        return BTreeMap::new();
    }
    for (number, endpoint) in facts.network.endpoints().iter().enumerate() {
        if let (Some(workload), Some(class)) = (endpoint.workload(), facts.network.class_of(number)) {
            classes.entry(workload.namespace).or_default().insert(class);
        }
    }
    let joined = |set: BTreeSet<usize>| set.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    classes.into_iter().map(|(namespace, set)| (namespace, joined(set))).collect()
}
