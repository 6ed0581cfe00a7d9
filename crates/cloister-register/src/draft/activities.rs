//! Activities: groups of workloads that seem to serve one purpose and touch a
//! store of personal data.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::{Inventory, Pod};

use super::hints::Hints;
use super::outside::Outside;
use super::stores::DraftedStore;
use super::yaml::{Document, Yaml};
use super::{free_name, texts};
use crate::register::Register;
use crate::workload::Workload;

const QUESTIONS: &[&str] = &[
    "title",
    "purposes",
    "lawfulBasis",
    "specialCategoryCondition",
    "dataSubjects",
    "dataCategories",
    "largeScale",
    "recipients",
    "transfers",
    "retention",
    "notice",
    "impactAssessment",
    "securityMeasures",
    "reviewed",
];

/// The label that says what a workload belongs to.
const PART_OF: &str = "app.kubernetes.io/part-of";

/// One group: its workloads, and what they touch.
#[derive(Default)]
struct Group<'w, 'a> {
    workloads: Vec<&'w Workload<'a>>,
    stores: Vec<String>,
    recipients: Vec<String>,
    hints: Hints,
}

/// The groups that no activity selects in full, and that touch a store or an outside destination.
pub(super) fn draft(
    register: &Register<'_>,
    inventory: &Inventory,
    stores: &[DraftedStore],
    outside: &[Outside],
) -> Vec<Document> {
    let mut groups: BTreeMap<String, Group<'_, '_>> = BTreeMap::new();
    for workload in register.workloads().iter().filter(|workload| register.activities_of(workload.resource).is_empty())
    {
        groups.entry(purpose(workload)).or_default().add(workload, register, inventory, stores, outside);
    }
    groups.retain(|_, group| !group.stores.is_empty() || !group.recipients.is_empty());
    let mut drafted: Vec<Document> = Vec::new();
    for (name, group) in groups {
        let taken = |name: &str| register.activity(name).is_some() || drafted.iter().any(|other| other.name == name);
        let name = free_name(&name, "more", &taken);
        drafted.push(group.document(name));
    }
    drafted
}

/// What a workload seems to be for: what it says it is part of, in whichever
/// namespace, or else its namespace.
fn purpose(workload: &Workload<'_>) -> String {
    let labelled =
        workload.resource.label(PART_OF).or_else(|| workload.pods.iter().find_map(|pod: &Pod<'_>| pod.label(PART_OF)));
    labelled.unwrap_or(workload.namespace()).to_owned()
}

impl<'w, 'a> Group<'w, 'a> {
    fn add(
        &mut self,
        workload: &'w Workload<'a>,
        register: &Register<'_>,
        inventory: &Inventory,
        stores: &[DraftedStore],
        outside: &[Outside],
    ) {
        self.workloads.push(workload);
        let hosts: Vec<&str> = texts::of_workload(workload, inventory)
            .into_iter()
            .flat_map(|(name, text)| texts::hosts(name, text))
            .collect();
        for store in stores.iter().filter(|store| is_or_uses(workload, store, &hosts)) {
            add_new(&mut self.stores, &store.document.name);
            self.hints = self.hints.joined(&store.hints);
        }
        for store in register.stores_of(workload.resource) {
            add_new(&mut self.stores, store.name());
        }
        let user = (workload.namespace().to_owned(), workload.resource.name.to_string());
        for processor in outside.iter().filter(|processor| processor.users.contains(&user)) {
            add_new(&mut self.recipients, &processor.document.name);
        }
        self.hints.read(&workload.resource.name);
    }

    fn document(self, name: String) -> Document {
        let names = self.workloads.iter().map(|it| format!("{}/{}", it.resource.kind, it.resource.name)).collect();
        let namespaces: BTreeSet<&str> = self.workloads.iter().map(|workload| workload.namespace()).collect();
        let namespaces = namespaces.into_iter().map(str::to_owned).collect();
        let selector = vec![("namespaces", Yaml::Texts(namespaces)), ("names", Yaml::Texts(names))];
        let mut fields = vec![("selector", Yaml::Map(selector))];
        let lists = [
            ("stores", self.stores),
            ("dataSubjects", self.hints.subjects()),
            ("dataCategories", self.hints.categories()),
        ];
        for (key, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
            fields.push((key, Yaml::Texts(words)));
        }
        if !self.recipients.is_empty() {
            let recipients = self.recipients.into_iter().map(|processor| vec![("processor", processor)]).collect();
            fields.push(("recipients", Yaml::Maps(recipients)));
        }
        Document { kind: "ProcessingActivity", name, fields, questions: QUESTIONS }
    }
}

fn is_or_uses(workload: &Workload<'_>, store: &DraftedStore, hosts: &[&str]) -> bool {
    let is_it =
        workload.namespace() == store.namespace && store.services.iter().any(|name| **name == *workload.resource.name);
    is_it
        || hosts.iter().any(|host| {
            store.services.iter().any(|name| texts::is_service(host, workload.namespace(), name, &store.namespace))
        })
}

fn add_new(list: &mut Vec<String>, item: &str) {
    if !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}
