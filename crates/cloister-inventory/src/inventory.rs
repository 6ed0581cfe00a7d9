//! The snapshot and its indexes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cloister_model::{Diagnostic, Location, Resource, ResourceRef, Value};

use crate::{Inputs, Pod, Scope, Selector, kinds, owners, scope_of, template, typed};

/// Kind, namespace and name.
type Key = (Arc<str>, Arc<str>, Arc<str>);

/// Indexes by a label's key and value.
type Labelled = HashMap<Arc<str>, HashMap<Arc<str>, Vec<usize>>>;

/// One moment of everything that was read. Order of input does not matter.
#[derive(Debug, Default)]
pub struct Inventory {
    resources: Vec<Resource>,
    inputs: Inputs,
    by_kind: HashMap<Arc<str>, Vec<usize>>,
    by_name: HashMap<Key, Vec<usize>>,
    by_namespace: HashMap<Arc<str>, HashMap<Arc<str>, Vec<usize>>>,
    /// By kind and name alone, for what lives in no namespace.
    cluster_wide: HashMap<Arc<str>, HashMap<Arc<str>, Vec<usize>>>,
    /// Every namespace that exists or is lived in, with its object where read.
    namespaces: BTreeMap<Arc<str>, Option<usize>>,
    /// Resources that carry pods and are not part of another workload.
    workloads: Vec<usize>,
    workloads_of: HashMap<Arc<str>, Vec<usize>>,
    /// Workloads by namespace, label and value of their pods.
    labelled: HashMap<Arc<str>, Labelled>,
    /// Services by namespace, and a label of their selector with its value.
    services: HashMap<Arc<str>, Labelled>,
}

impl Inventory {
    /// Indexes what was read.
    pub fn new(mut resources: Vec<Resource>, inputs: Inputs) -> Inventory {
        resources.sort_by_cached_key(order);
        let mut inventory = Inventory { inputs, ..Inventory::default() };
        for (index, resource) in resources.iter().enumerate() {
            inventory.by_kind.entry(resource.kind.clone()).or_default().push(index);
            if scope_of(resource) == Scope::Cluster {
                let named = inventory.cluster_wide.entry(resource.kind.clone()).or_default();
                named.entry(resource.name.clone()).or_default().push(index);
            }
            let namespace: Arc<str> = Arc::from(resource.namespace_or_default());
            let in_namespace = inventory.by_namespace.entry(resource.kind.clone()).or_default();
            in_namespace.entry(namespace.clone()).or_default().push(index);
            let key = (resource.kind.clone(), namespace, resource.name.clone());
            inventory.by_name.entry(key).or_default().push(index);
        }
        inventory.index_namespaces(&resources);
        inventory.index_workloads(&resources);
        inventory.index_services(&resources);
        inventory.resources = resources;
        inventory
    }

    fn index_namespaces(&mut self, resources: &[Resource]) {
        for (index, resource) in resources.iter().enumerate() {
            if kinds::matches_kind(resource, "Namespace") {
                self.namespaces.insert(resource.name.clone(), Some(index));
            } else if scope_of(resource) == Scope::Namespaced {
                self.namespaces.entry(Arc::from(resource.namespace_or_default())).or_insert(None);
            }
        }
    }

    fn index_workloads(&mut self, resources: &[Resource]) {
        let carries: Vec<bool> = resources.iter().map(|resource| !template::templates(resource).is_empty()).collect();
        let owned = owners::owned(resources, &carries);
        for (index, resource) in resources.iter().enumerate() {
            if carries.get(index) == Some(&true) && owned.get(index) == Some(&false) {
                self.workloads.push(index);
                let namespace: Arc<str> = Arc::from(resource.namespace_or_default());
                self.workloads_of.entry(namespace.clone()).or_default().push(index);
                let labelled = self.labelled.entry(namespace).or_default();
                for label in pods_of(resource).flat_map(|pod| pod.labels()) {
                    let Value::Text(value) = &label.node.value else { continue };
                    let bucket = labelled.entry(label.key.clone()).or_default().entry(value.clone()).or_default();
                    // Several templates of one resource may share a label.
                    if bucket.last() != Some(&index) {
                        bucket.push(index);
                    }
                }
            }
        }
    }

    fn index_services(&mut self, resources: &[Resource]) {
        for (index, service) in resources.iter().enumerate().filter(|(_, it)| kinds::matches_kind(it, "Service")) {
            let label = service.root.at("spec/selector").and_then(|map| Selector::Map(map).required().next());
            if let Some((key, value)) = label {
                let labelled = self.services.entry(Arc::from(service.namespace_or_default())).or_default();
                labelled.entry(key.into()).or_default().entry(value.into()).or_default().push(index);
            }
        }
    }

    /// Fields of the wrong type, which no check can read.
    pub fn mistyped(&self) -> Vec<Diagnostic> {
        self.resources.iter().flat_map(typed::diagnostics).collect()
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
        let name = kind.split_once('.').map_or(kind, |(name, _)| name);
        let indexes = self.by_kind.get(name).map_or(&[][..], Vec::as_slice);
        self.pick(indexes).filter(move |resource| kinds::matches_kind(resource, kind))
    }

    /// Whether any resource of this kind was read.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// Resources of a kind that live in `namespace`.
    pub fn of_kind_in<'a>(&'a self, kind: &'a str, namespace: &'a str) -> impl Iterator<Item = &'a Resource> {
        let name = kind.split_once('.').map_or(kind, |(name, _)| name);
        let indexes = self.by_namespace.get(name).and_then(|namespaces| namespaces.get(namespace));
        self.pick(indexes.map_or(&[][..], Vec::as_slice)).filter(move |resource| kinds::matches_kind(resource, kind))
    }

    /// One namespaced resource by name.
    pub fn get<'a>(&'a self, kind: &str, namespace: &str, name: &str) -> Option<&'a Resource> {
        let bare = kind.split_once('.').map_or(kind, |(name, _)| name);
        let key = (Arc::from(bare), Arc::from(namespace), Arc::from(name));
        let indexes = self.by_name.get(&key).map_or(&[][..], Vec::as_slice);
        self.pick(indexes).find(|resource| kinds::matches_kind(resource, kind))
    }

    /// One cluster-wide resource by name.
    pub fn get_cluster_wide<'a>(&'a self, kind: &'a str, name: &str) -> Option<&'a Resource> {
        let bare = kind.split_once('.').map_or(kind, |(name, _)| name);
        let indexes = self.cluster_wide.get(bare).and_then(|names| names.get(name)).map_or(&[][..], Vec::as_slice);
        self.pick(indexes).find(|resource| kinds::matches_kind(resource, kind))
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
        self.pick(&self.workloads).flat_map(pods_of)
    }

    /// The pods of the workloads in one namespace.
    pub fn pods_in<'a>(&'a self, namespace: &str) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        let indexes = self.workloads_of.get(namespace).map_or(&[][..], Vec::as_slice);
        self.pick(indexes).flat_map(pods_of)
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
        let all = self.workloads_of.get(namespace).map_or(&[][..], Vec::as_slice);
        let labelled = self.labelled.get(namespace);
        let bucket = |key: &str, value: &str| {
            let bucket = labelled.and_then(|labels| labels.get(key)).and_then(|values| values.get(value));
            bucket.map_or(&[][..], Vec::as_slice)
        };
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
            (None, None) => match selector.present() {
                Some(key) => with_key(labelled, key).into(),
                None => all.into(),
            },
        };
        let count = indexes.len();
        let picked = (0..count).filter_map(move |at| self.resources.get(*indexes.get(at)?));
        picked.flat_map(pods_of).filter(move |pod| selector.matches(pod.labels()))
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

    fn pick<'a>(&'a self, indexes: &'a [usize]) -> impl Iterator<Item = &'a Resource> + use<'a> {
        indexes.iter().filter_map(|&index| self.resources.get(index))
    }
}

/// Workloads whose pods have this label, in order.
fn with_key(labelled: Option<&Labelled>, key: &str) -> Vec<usize> {
    let values = labelled.and_then(|labels| labels.get(key));
    let mut any: Vec<usize> = values.into_iter().flat_map(HashMap::values).flatten().copied().collect();
    any.sort_unstable();
    any.dedup();
    any
}

fn pods_of(resource: &Resource) -> impl Iterator<Item = Pod<'_>> {
    template::templates(resource).into_iter().filter_map(|template| Pod::new(resource, template))
}

/// Sorted by name first, then by where it was written.
fn order(resource: &Resource) -> (ResourceRef, Option<Location>) {
    (resource.reference(), resource.locate(resource.root.mark))
}
