//! The record of processing as a whole: documents, and the workloads they select.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel, Resource};
use cloister_node::Facts;

use crate::claims::Selectors;
use crate::documents::{
    API_VERSION, Attestation, DlpPolicy, Document, Exception, GROUP, KINDS, Organisation, PersonalDataStore,
    ProcessingActivity, Processor, WorkloadSelector,
};
use crate::judge::{diagnostic, judge};
use crate::recognise::{self, Recognised};
use crate::suggest::closest;
use crate::view::View;
use crate::workload::Workload;

/// The record of processing (Art. 30) of an inventory: views over its
/// documents, in the inventory's order.
#[derive(Debug, Default)]
pub struct Register<'a> {
    organisations: Vec<Organisation<'a>>,
    activities: Vec<ProcessingActivity<'a>>,
    stores: Vec<PersonalDataStore<'a>>,
    processors: Vec<Processor<'a>>,
    exceptions: Vec<Exception<'a>>,
    attestations: Vec<Attestation<'a>>,
    policies: Vec<DlpPolicy<'a>>,
    workloads: Vec<Workload<'a>>,
    /// For each workload by the address of its resource: the indexes of
    /// activities and stores that select it.
    claims: HashMap<usize, Claims>,
    /// Addresses of the activities and stores that select a workload.
    selecting: HashSet<usize>,
    /// Indexes of activities, by the store that they name.
    using: HashMap<&'a str, Vec<usize>>,
    recognised: HashMap<usize, Recognised<'a>>,
}

/// What selects a workload; workloads that the same selects share the lists.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    pub(crate) activities: Arc<[usize]>,
    pub(crate) stores: Arc<[usize]>,
}

impl<'a> Register<'a> {
    /// Reads the register from the documents in `inventory`. What cannot be
    /// read is told, and counts as not stated.
    pub fn from_inventory(inventory: &'a Inventory) -> (Register<'a>, Vec<Diagnostic>) {
        let mut register = Register::default();
        let mut diagnostics = Vec::new();
        for resource in inventory.resources().iter().filter(|resource| resource.group() == GROUP) {
            if Facts::of(resource).is_some() || ELSEWHERE.contains(&&*resource.kind) {
                continue;
            }
            register.add(resource, &mut diagnostics);
        }
        register.one_organisation(&mut diagnostics);
        register.claim(Workload::all(inventory));
        (register, diagnostics)
    }

    fn add(&mut self, resource: &'a Resource, diagnostics: &mut Vec<Diagnostic>) {
        let known = KINDS.iter().find(|(kind, _)| *resource.kind == **kind);
        let Some((_, object)) = known.filter(|_| *resource.api_version == *API_VERSION) else {
            diagnostics.push(not_read(resource));
            return;
        };
        judge(resource, object, diagnostics);
        let Some(node) = resource.root.get("spec").filter(|node| node.is_map()) else { return };
        let view = View { resource, node };
        // Of a policy, what is not said counts wholly; other documents that say nothing are none.
        if node.is_empty() && *resource.kind == *DlpPolicy::KIND {
            self.policies.push(DlpPolicy::of(view));
        }
        keep(view, &mut self.organisations);
        keep(view, &mut self.activities);
        keep(view, &mut self.stores);
        keep(view, &mut self.processors);
        keep(view, &mut self.exceptions);
        keep(view, &mut self.attestations);
        keep(view, &mut self.policies);
    }

    fn one_organisation(&self, diagnostics: &mut Vec<Diagnostic>) {
        for organisation in self.organisations.iter().skip(1) {
            let help = "a register has one controller; the first in order of names counts";
            let resource = organisation.resource();
            let message = "another Organisation is in the input";
            diagnostics.push(diagnostic(resource, DiagnosticLevel::Warning, resource.root.mark, message, help));
        }
    }

    fn claim(&mut self, workloads: Vec<Workload<'a>>) {
        let activities = Selectors::of(self.activities.iter().map(|activity| activity.selector().value()));
        let stores = Selectors::of(self.stores.iter().map(|store| store.selector().value()));
        let (activities, stores) = (activities.claims(&workloads), stores.claims(&workloads));
        self.selecting.extend(claimed(&activities, &self.activities).map(|it| address(it.resource())));
        self.selecting.extend(claimed(&stores, &self.stores).map(|it| address(it.resource())));
        let claims = activities.into_iter().zip(stores);
        for (workload, (activities, stores)) in workloads.iter().zip(claims) {
            let key = address(workload.resource);
            self.claims.insert(key, Claims { activities, stores });
            if let Some(recognised) = recognise::store(workload) {
                self.recognised.insert(key, recognised);
            }
        }
        for (index, activity) in self.activities.iter().enumerate() {
            for store in activity.stores().items() {
                let using = self.using.entry(store).or_default();
                if using.last() != Some(&index) {
                    using.push(index);
                }
            }
        }
        self.workloads = workloads;
    }

    /// The controller.
    pub fn organisation(&self) -> Option<&Organisation<'a>> {
        self.organisations.first()
    }

    /// The activities.
    pub fn activities(&self) -> &[ProcessingActivity<'a>] {
        &self.activities
    }

    /// The declared stores.
    pub fn stores(&self) -> &[PersonalDataStore<'a>] {
        &self.stores
    }

    /// The processors.
    pub fn processors(&self) -> &[Processor<'a>] {
        &self.processors
    }

    /// The exceptions written as documents.
    pub fn exceptions(&self) -> &[Exception<'a>] {
        &self.exceptions
    }

    /// The attestations.
    pub fn attestations(&self) -> &[Attestation<'a>] {
        &self.attestations
    }

    /// The policies of data-loss prevention.
    pub fn dlp_policies(&self) -> &[DlpPolicy<'a>] {
        &self.policies
    }

    /// Whether there is any record of processing. Exceptions, attestations and policies alone are none.
    pub fn is_empty(&self) -> bool {
        self.organisations.is_empty()
            && self.activities.is_empty()
            && self.stores.is_empty()
            && self.processors.is_empty()
    }

    /// The activity of that name; the first, when it is there twice.
    pub fn activity(&self, name: &str) -> Option<&ProcessingActivity<'a>> {
        self.activities.iter().find(|activity| activity.name() == name)
    }

    /// The store of that name.
    pub fn store(&self, name: &str) -> Option<&PersonalDataStore<'a>> {
        self.stores.iter().find(|store| store.name() == name)
    }

    /// The processor of that name.
    pub fn processor(&self, name: &str) -> Option<&Processor<'a>> {
        self.processors.iter().find(|processor| processor.name() == name)
    }

    /// Every workload of the inventory, declared or not.
    pub fn workloads(&self) -> &[Workload<'a>] {
        &self.workloads
    }

    /// The workloads that carry out an activity.
    pub fn workloads_of_activity(&self, activity: &ProcessingActivity<'a>) -> Vec<&Workload<'a>> {
        self.selected(activity.selector().value())
    }

    /// The workloads that are a store.
    pub fn workloads_of_store(&self, store: &PersonalDataStore<'a>) -> Vec<&Workload<'a>> {
        self.selected(store.selector().value())
    }

    /// Namespaces with personal data, by the workloads that stores and activities select, and the first document that
    /// says so: `store "patients"`.
    pub fn namespaces_with_personal_data(&self) -> BTreeMap<&'a str, String> {
        let of_stores = self.stores.iter().map(|store| ("store", store.name(), self.workloads_of_store(store)));
        let of_activities =
            self.activities.iter().map(|activity| ("activity", activity.name(), self.workloads_of_activity(activity)));
        let mut found = BTreeMap::new();
        for (what, name, workloads) in of_stores.chain(of_activities) {
            for workload in workloads {
                found.entry(workload.namespace()).or_insert_with(|| format!("{what} \"{name}\""));
            }
        }
        found
    }

    /// Whether an activity or a store selects any workload, by its document.
    pub fn selects_any(&self, document: &Resource) -> bool {
        self.selecting.contains(&address(document))
    }

    /// The workloads that `selector` selects.
    pub fn selected(&self, selector: Option<WorkloadSelector<'a>>) -> Vec<&Workload<'a>> {
        let Some(selector) = selector else { return Vec::new() };
        self.workloads.iter().filter(|workload| selector.selects(workload)).collect()
    }

    /// What selects this workload, as indexes of activities and stores.
    pub(crate) fn claims(&self, workload: &Resource) -> Option<&Claims> {
        self.claims.get(&address(workload))
    }

    /// The activities that select this workload (a resource of the inventory
    /// that carries pods, or an operator's database).
    pub fn activities_of(&self, workload: &Resource) -> Vec<&ProcessingActivity<'a>> {
        self.claims(workload).map_or_else(Vec::new, |claims| pick(&self.activities, &claims.activities))
    }

    /// The declared stores that select this workload.
    pub fn stores_of(&self, workload: &Resource) -> Vec<&PersonalDataStore<'a>> {
        self.claims(workload).map_or_else(Vec::new, |claims| pick(&self.stores, &claims.stores))
    }

    /// The activities that name a store.
    pub fn activities_using(&self, store: &str) -> Vec<&ProcessingActivity<'a>> {
        self.using.get(store).map_or_else(Vec::new, |using| pick(&self.activities, using))
    }

    /// The store that this workload is recognised as, declared or not.
    pub fn recognised(&self, workload: &Resource) -> Option<&Recognised<'a>> {
        self.recognised.get(&address(workload))
    }
}

/// Resources are told apart by where they lie in the inventory, which does not move.
pub(crate) fn address(resource: &Resource) -> usize {
    std::ptr::from_ref(resource).addr()
}

fn keep<'a, T: Document<'a>>(view: View<'a>, list: &mut Vec<T>) {
    if *view.resource.kind == *T::KIND {
        list.extend(T::read(view));
    }
}

/// The documents in lists of claims, of which many are one and the same.
fn claimed<'r, T>(claims: &[Arc<[usize]>], all: &'r [T]) -> impl Iterator<Item = &'r T> {
    let mut seen = HashSet::new();
    let lists: Vec<_> = claims.iter().filter(|list| seen.insert(list.as_ptr())).cloned().collect();
    lists.into_iter().flat_map(move |list| pick(all, &list))
}

fn pick<'r, T>(all: &'r [T], indexes: &[usize]) -> Vec<&'r T> {
    indexes.iter().filter_map(|&index| all.get(index)).collect()
}

/// Documents of the group that others read.
const ELSEWHERE: [&str; 2] = ["Breach", "DetectionProfile"];

fn not_read(resource: &Resource) -> Diagnostic {
    let kinds = || KINDS.iter().map(|(kind, _)| *kind);
    let (message, help) = if kinds().chain([cloister_node::KIND]).any(|kind| *resource.kind == *kind) {
        (format!("{} is not read by this version", resource.api_version), format!("write apiVersion: {API_VERSION}"))
    } else {
        let help = match closest(&resource.kind, kinds()) {
            Some(kind) => format!("did you mean {kind}?"),
            None => format!("known kinds: {}", kinds().collect::<Vec<_>>().join(", ")),
        };
        ("this kind is unknown and was not read".to_owned(), help)
    };
    diagnostic(resource, DiagnosticLevel::Error, resource.root.mark, &message, help)
}
