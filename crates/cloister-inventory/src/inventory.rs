//! The snapshot and its indexes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_model::{Diagnostic, Location, Resource, ResourceRef};
use cloister_node::Facts;
use rayon::prelude::*;

use crate::names::Names;
use crate::workloads::{Labelled, Workloads};
use crate::{Inputs, Pod, Scope, Selector, kinds, scope_of, template, typed, versions};

/// One moment of everything that was read. Order of input does not matter.
#[derive(Debug, Default)]
pub struct Inventory {
    resources: Vec<Resource>,
    inputs: Inputs,
    names: Names,
    /// Every namespace that exists or is lived in, with its object where read.
    namespaces: BTreeMap<Arc<str>, Option<usize>>,
    workloads: Workloads,
    /// Services by namespace, and a label of their selector with its value.
    services: Labelled,
}

impl Inventory {
    /// Indexes what was read.
    pub fn new(mut resources: Vec<Resource>, inputs: Inputs) -> Inventory {
        cloister_node::unfold(&mut resources);
        resources.par_sort_by_cached_key(order);
        let (names, (workloads, (services, namespaces))) = rayon::join(
            || Names::of(&resources),
            || rayon::join(|| Workloads::of(&resources), || (services(&resources), namespaces(&resources))),
        );
        Inventory { inputs, names, namespaces, workloads, services, resources }
    }

    /// Fields of the wrong type, which no check can read.
    pub fn mistyped(&self) -> Vec<Diagnostic> {
        let told = |resource| versions::diagnostic(resource).into_iter().chain(typed::diagnostics(resource));
        self.resources.par_iter().flat_map_iter(told).collect()
    }

    /// What was lost while facts of nodes were collected.
    pub fn lost(&self) -> Vec<Diagnostic> {
        self.node_facts().flat_map(|facts| cloister_node::lost(facts.resource)).collect()
    }

    /// Every resource, in a stable order.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// What was read and what could not be.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Resources of a kind: `Ingress` for Kubernetes' own, `Gateway.networking.istio.io` for others'.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.pick(self.names.of_kind(bare(kind))).filter(move |resource| kinds::matches_kind(resource, kind))
    }

    /// Whether any resource of this kind was read.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// Resources of a kind that live in `namespace`.
    pub fn of_kind_in<'a>(&'a self, kind: &'a str, namespace: &str) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.pick(self.names.of_kind_in(bare(kind), namespace))
            .filter(move |resource| kinds::matches_kind(resource, kind))
    }

    /// One namespaced resource by name.
    pub fn get<'a>(&'a self, kind: &str, namespace: &str, name: &str) -> Option<&'a Resource> {
        self.pick(self.names.named(bare(kind), namespace, name)).find(|resource| kinds::matches_kind(resource, kind))
    }

    /// One cluster-wide resource by name.
    pub fn get_cluster_wide<'a>(&'a self, kind: &'a str, name: &str) -> Option<&'a Resource> {
        self.pick(self.names.cluster_wide(bare(kind), name)).find(|resource| kinds::matches_kind(resource, kind))
    }

    /// What hosts told of themselves, node by node.
    pub fn node_facts(&self) -> impl Iterator<Item = Facts<'_>> {
        self.of_kind("NodeFacts.cloister.dev").filter_map(Facts::of)
    }

    /// Every namespace that exists or is lived in, with its object where that was read.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, Option<&Resource>)> {
        self.namespaces.iter().map(|(name, index)| (&**name, index.and_then(|index| self.resources.get(index))))
    }

    /// The Namespace object, where it was read.
    pub fn namespace(&self, name: &str) -> Option<&Resource> {
        self.namespaces.get(name).copied().flatten().and_then(|index| self.resources.get(index))
    }

    /// A name for a namespace that reports can show, object or not.
    pub fn namespace_reference(name: &str) -> ResourceRef {
        ResourceRef { api_version: "v1".into(), kind: "Namespace".into(), namespace: None, name: name.into() }
    }

    /// The pods of all workloads, each workload once: not the ReplicaSets and
    /// pods that a Deployment in the inventory owns.
    pub fn pods(&self) -> impl Iterator<Item = Pod<'_>> {
        self.pods_at(&self.workloads.all)
    }

    /// The pods of the workloads in one namespace.
    pub fn pods_in<'a>(&'a self, namespace: &str) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        self.pods_at(self.workloads.within(namespace))
    }

    /// The pods that one resource carries, whether or not it is a workload of its own.
    pub fn pods_of(resource: &Resource) -> impl Iterator<Item = Pod<'_>> {
        pods_of(resource)
    }

    /// The pods in `namespace` whose labels `selector` matches.
    pub fn pods_selected<'a>(
        &'a self,
        namespace: &str,
        selector: Selector<'a>,
    ) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        let bucket = |key: &str, value: &str| self.workloads.labelled(namespace, key, value);
        // The rarest of the labels that must be there leaves the fewest to look at.
        let rarest = selector.required().map(|(key, value)| bucket(key, value)).min_by_key(|bucket| bucket.len());
        let indexes: Cow<'a, [usize]> = match (rarest, selector.one_of()) {
            (Some(rarest), _) => rarest.into(),
            (None, Some((key, values))) => {
                let mut any: Vec<usize> = values.into_iter().flat_map(|value| bucket(key, value)).copied().collect();
                any.sort_unstable();
                any.dedup();
                any.into()
            }
            (None, None) => self.not_excluded(namespace, &selector).into(),
        };
        let count = indexes.len();
        let picked = (0..count).filter_map(move |at| indexes.get(at).copied());
        picked.flat_map(|index| self.pods_of_one(index)).filter(move |pod| selector.matches(pod.labels()))
    }

    /// Where no value is asked for: the workloads with a label, or all from the first on that what must not be there
    /// does not rule out, whichever are fewer.
    fn not_excluded(&self, namespace: &str, selector: &Selector<'_>) -> &[usize] {
        let workloads = &self.workloads;
        let excluded = match (selector.absent(), selector.none_of()) {
            (Some(key), _) => workloads.with_label(namespace, key),
            (None, Some((key, values))) => {
                let buckets = values.into_iter().map(|value| workloads.labelled(namespace, key, value));
                buckets.max_by_key(|bucket| bucket.len()).unwrap_or_default()
            }
            (None, None) => &[],
        };
        let rest = workloads.first_beyond(namespace, excluded);
        let present = selector.present().map(|key| workloads.with_label(namespace, key));
        present.filter(|present| present.len() < rest.len()).unwrap_or(rest)
    }

    /// The Services whose selector matches a pod.
    pub fn services_of<'a>(&'a self, pod: &Pod<'a>) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let (labels, known) = (pod.labels(), self.services.get(pod.namespace()));
        let buckets = labels.iter().filter_map(move |label| known?.get(&label.key)?.get(label.node.as_str()?));
        let mut indexes: Vec<usize> = buckets.flatten().copied().collect();
        indexes.sort_unstable();
        let services = indexes.into_iter().filter_map(|index| self.resources.get(index));
        let selects = move |map| Selector::Map(map).matches(labels);
        services.filter(move |service| service.root.at("spec/selector").is_some_and(selects))
    }

    fn pods_at<'a>(&'a self, indexes: &'a [usize]) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        indexes.iter().flat_map(|&index| self.pods_of_one(index))
    }

    fn pods_of_one(&self, index: usize) -> impl Iterator<Item = Pod<'_>> {
        self.resources.get(index).into_iter().flat_map(move |resource| self.workloads.pods_of(index, resource))
    }

    fn pick<'a>(&'a self, indexes: &'a [usize]) -> impl Iterator<Item = &'a Resource> + use<'a> {
        indexes.iter().filter_map(|&index| self.resources.get(index))
    }
}

/// A kind without its group.
fn bare(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(name, _)| name)
}

fn namespaces(resources: &[Resource]) -> BTreeMap<Arc<str>, Option<usize>> {
    let mut namespaces: BTreeMap<Arc<str>, Option<usize>> = BTreeMap::new();
    for (index, resource) in resources.iter().enumerate() {
        if kinds::matches_kind(resource, "Namespace") {
            namespaces.insert(resource.name.clone(), Some(index));
        } else if scope_of(resource) == Scope::Namespaced && !namespaces.contains_key(resource.namespace_or_default()) {
            namespaces.insert(Arc::from(resource.namespace_or_default()), None);
        }
    }
    namespaces
}

fn services(resources: &[Resource]) -> Labelled {
    let mut services = Labelled::default();
    for (index, service) in resources.iter().enumerate().filter(|(_, it)| kinds::matches_kind(it, "Service")) {
        let label = service.root.at("spec/selector").and_then(|map| Selector::Map(map).required().next());
        if let Some((key, value)) = label {
            let labelled = services.entry(Arc::from(service.namespace_or_default())).or_default();
            labelled.entry(key.into()).or_default().entry(value.into()).or_default().push(index);
        }
    }
    services
}

pub(crate) fn pods_of(resource: &Resource) -> impl Iterator<Item = Pod<'_>> {
    template::templates(resource).into_iter().filter_map(|template| Pod::new(resource, template))
}

/// Sorted by name first, then by where it was written.
fn order(resource: &Resource) -> (ResourceRef, Option<Location>) {
    (resource.reference(), resource.locate(resource.root.mark))
}
