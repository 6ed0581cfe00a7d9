//! The workloads that hold personal data, by all the ways that lead to them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Resource, ResourceRef};

use super::data::{Weigher, from_activity, of_activity, of_store, worst};
use super::links::Links;
use super::references::references;
use super::{AtRisk, PersonalData};
use crate::register::{Register, address};
use crate::workload::Workload;

/// A workload with personal data at risk.
#[derive(Debug)]
pub(super) struct Risky<'a> {
    pub workload: Workload<'a>,
    pub at_risk: AtRisk,
}

/// Of fewer selected workloads than this, each is looked at.
const FEW: usize = 64;

/// Kind, namespace (empty for the whole cluster) and name of what a workload uses.
type Used = (&'static str, String, String);

/// Where personal data is at risk, by place, by namespace and by use.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub inventory: &'a Inventory,
    risky: Vec<Risky<'a>>,
    by_workload: HashMap<usize, usize>,
    /// Every workload, at risk or not.
    workloads: HashSet<usize>,
    /// Worst first, then in the inventory's order.
    by_namespace: HashMap<&'a str, Vec<usize>>,
    by_use: HashMap<Used, usize>,
    /// By namespace, kind and name.
    by_name: HashMap<(&'a str, &'a str, &'a str), usize>,
    /// The place of each in the order, worst first.
    ranks: Vec<usize>,
    pub links: Links<'a>,
    /// Documents of the register, by the address of their resource.
    documents: HashMap<usize, AtRisk>,
    worst: Option<usize>,
}

impl<'a> Index<'a> {
    pub fn new(register: &Register<'a>, inventory: &'a Inventory) -> Index<'a> {
        let documents = documents(register);
        let mut weigher = Weigher::new(register, &documents);
        let weighed = register
            .workloads()
            .iter()
            .map(|workload| Risky { workload: workload.clone(), at_risk: weigher.of_workload(workload.resource) });
        let risky: Vec<Risky<'a>> = weighed.filter(|risky| risky.at_risk.level > PersonalData::None).collect();
        let mut index = Index {
            inventory,
            ranks: vec![0; risky.len()],
            risky,
            by_workload: HashMap::new(),
            workloads: register.workloads().iter().map(|workload| address(workload.resource)).collect(),
            by_namespace: HashMap::new(),
            by_use: HashMap::new(),
            by_name: HashMap::new(),
            links: Links::of(inventory),
            documents,
            worst: None,
        };
        let mut order: Vec<usize> = (0..index.risky.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(index.risky.get(at).map(|risky| risky.at_risk.level)));
        index.worst = order.first().copied();
        order.into_iter().enumerate().for_each(|(rank, at)| index.add(rank, at));
        index
    }

    fn add(&mut self, rank: usize, at: usize) {
        let Some(risky) = self.risky.get(at) else { return };
        self.ranks.get_mut(at).into_iter().for_each(|known| *known = rank);
        let resource = risky.workload.resource;
        self.by_name.entry((risky.workload.namespace(), &resource.kind, &resource.name)).or_insert(at);
        self.by_workload.insert(address(risky.workload.resource), at);
        self.by_namespace.entry(risky.workload.namespace()).or_default().push(at);
        for (kind, name) in references(&risky.workload) {
            let namespace = if kind == "StorageClass" { "" } else { risky.workload.namespace() };
            self.by_use.entry((kind, namespace.to_owned(), name)).or_insert(at);
        }
    }

    /// What this very workload puts at risk.
    pub fn of_workload(&self, resource: &Resource) -> Option<&Risky<'a>> {
        self.risky.get(*self.by_workload.get(&address(resource))?)
    }

    /// Whether this is a workload of its own.
    pub fn is_workload(&self, resource: &Resource) -> bool {
        self.workloads.contains(&address(resource))
    }

    /// What a document of the register speaks of.
    pub fn of_document(&self, resource: &Resource) -> Option<&AtRisk> {
        self.documents.get(&address(resource))
    }

    /// The worst workload that uses a thing.
    pub fn user_of(&self, kind: &'static str, namespace: &str, name: &str) -> Option<&Risky<'a>> {
        self.risky.get(*self.by_use.get(&(kind, namespace.to_owned(), name.to_owned()))?)
    }

    /// The worst workload in `namespace` that a selector of pods selects.
    pub fn selected(&self, namespace: &str, selector: Selector<'a>) -> Option<&Risky<'a>> {
        let few: Vec<_> = self.inventory.pods_selected(namespace, selector).take(FEW).collect();
        if few.len() < FEW {
            let at_risk = few.iter().filter_map(|pod| self.by_workload.get(&address(pod.resource)).copied());
            return self.risky.get(at_risk.min_by_key(|&at| self.ranks.get(at))?);
        }
        // Of many that are selected, one of the worst is soon found.
        let is_selected = |risky: &&Risky<'a>| risky.workload.pods.iter().any(|pod| selector.matches(pod.labels()));
        self.risky_in(namespace).find(is_selected)
    }

    /// The worst workload of a name, of any kind.
    pub fn named(&self, namespace: &'a str, kind: &'a str, name: &'a str) -> Option<&Risky<'a>> {
        self.risky.get(*self.by_name.get(&(namespace, kind, name))?)
    }

    fn risky_in(&self, namespace: &str) -> impl Iterator<Item = &Risky<'a>> {
        let indexes = self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        indexes.iter().filter_map(|&at| self.risky.get(at))
    }

    /// The worst in a namespace.
    pub fn in_namespace(&self, namespace: &str) -> AtRisk {
        self.risky_in(namespace).next().map_or_else(AtRisk::default, |risky| {
            risky.because(&format!("in namespace {namespace}, {}", risky.workload.phrase()))
        })
    }

    /// The worst of all.
    pub fn everywhere(&self) -> AtRisk {
        let risky = self.worst.and_then(|at| self.risky.get(at));
        risky.map_or_else(AtRisk::default, |risky| {
            risky.because(&format!("in this cluster, {} of {}", risky.workload.phrase(), risky.workload.namespace()))
        })
    }

    /// The resource that a finding names.
    pub fn find(&self, reference: &ResourceRef) -> Option<&'a Resource> {
        let group = reference.api_version.split_once('/').map_or("", |(group, _)| group);
        let dotted = if group.contains('.') && !group.ends_with(".k8s.io") {
            Arc::from(format!("{}.{group}", reference.kind))
        } else {
            reference.kind.clone()
        };
        self.inventory.get(&dotted, reference.namespace.as_deref().unwrap_or("default"), &reference.name)
    }
}

impl Risky<'_> {
    /// The same risk, reached through something else: `used by Deployment api, which holds …`.
    pub fn because(&self, way: &str) -> AtRisk {
        AtRisk { level: self.at_risk.level, reason: format!("{way} {}", self.at_risk.clause()).into() }
    }
}

impl AtRisk {
    /// The reason as a clause after a workload's name.
    fn clause(&self) -> String {
        if self.reason.starts_with("recognised") { format!("is {}", self.reason) } else { self.reason.to_string() }
    }
}

fn documents(register: &Register<'_>) -> HashMap<usize, AtRisk> {
    let mut documents = HashMap::new();
    for activity in register.activities() {
        documents.insert(address(activity.resource()), of_activity(activity));
    }
    for store in register.stores() {
        documents.insert(address(store.resource()), of_store(register, store));
    }
    let mut naming: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, activity) in register.activities().iter().enumerate() {
        for processor in activity.recipients().items().iter().filter_map(|recipient| recipient.processor().value()) {
            naming.entry(processor).or_default().push(index);
        }
    }
    for processor in register.processors() {
        let naming = naming.get(processor.name()).into_iter().flatten();
        let activities = naming.filter_map(|&index| register.activities().get(index));
        if let Some(at_risk) = worst(activities.map(|activity| from_activity("receives", activity))) {
            documents.insert(address(processor.resource()), at_risk);
        }
    }
    documents
}
