//! Stores that are recognised and declared nowhere.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::Resource;

use super::hints::Hints;
use super::yaml::{Document, Yaml};
use super::{free_name, texts};
use crate::register::Register;
use crate::workload::Workload;

const QUESTIONS: &[&str] = &[
    "dataSubjects",
    "dataCategories",
    "largeScale",
    "retention",
    "correction",
    "erasure",
    "export",
    "backup",
    "reviewed",
];

/// A drafted store.
#[derive(Debug)]
pub(super) struct DraftedStore {
    pub document: Document,
    pub namespace: String,
    /// Names by which others reach it: its Services, and its own.
    pub services: Vec<String>,
    pub hints: Hints,
}

/// The recognised stores that no PersonalDataStore selects.
pub(super) fn draft(register: &Register<'_>, inventory: &Inventory) -> Vec<DraftedStore> {
    let mut drafted: Vec<DraftedStore> = Vec::new();
    for workload in register.workloads() {
        let undeclared = register.stores_of(workload.resource).is_empty();
        let Some(recognised) = register.recognised(workload.resource).filter(|_| undeclared) else { continue };
        let taken =
            |name: &str| register.store(name).is_some() || drafted.iter().any(|other| other.document.name == name);
        let name = free_name(&workload.resource.name, workload.namespace(), &taken);
        drafted.push(store(workload, recognised.engine.as_str(), name, register, inventory));
    }
    drafted
}

fn store(
    workload: &Workload<'_>,
    engine: &str,
    name: String,
    register: &Register<'_>,
    inventory: &Inventory,
) -> DraftedStore {
    let namespace = workload.namespace().to_owned();
    let services = services_of(workload, inventory);
    let hints = hints(workload);
    let mut fields = vec![("selector", selector(workload)), ("engine", Yaml::Text(engine.to_owned()))];
    for (key, words) in [("dataSubjects", hints.subjects()), ("dataCategories", hints.categories())] {
        if !words.is_empty() {
            fields.push((key, Yaml::Texts(words)));
        }
    }
    let backups = backups(workload, &services, register, inventory);
    if !backups.is_empty() {
        fields.push(("backup", Yaml::Map(vec![("workloads", Yaml::Texts(backups))])));
    }
    let document = Document { kind: "PersonalDataStore", name, fields, questions: QUESTIONS };
    DraftedStore { document, namespace, services, hints }
}

/// A selector of exactly this workload.
pub(super) fn selector(workload: &Workload<'_>) -> Yaml {
    Yaml::Map(vec![
        ("namespaces", Yaml::Texts(vec![workload.namespace().to_owned()])),
        ("names", Yaml::Texts(vec![kind_and_name(workload.resource)])),
    ])
}

fn kind_and_name(resource: &Resource) -> String {
    format!("{}/{}", resource.kind, resource.name)
}

/// What its name, its database's name and its variables' names say.
fn hints(workload: &Workload<'_>) -> Hints {
    let mut hints = Hints::default();
    hints.read(&workload.resource.name);
    for container in workload.pods.iter().flat_map(Pod::containers) {
        let databases = container
            .env()
            .filter(|(name, _)| name.ends_with("_DB") || name.ends_with("_DATABASE") || name.ends_with("_USER"));
        databases.filter_map(|(_, entry)| entry.str_at("value")).for_each(|value| hints.read(value));
    }
    hints
}

fn services_of(workload: &Workload<'_>, inventory: &Inventory) -> Vec<String> {
    let services = inventory.of_kind_in("Service", workload.namespace()).filter(|service| {
        let selector = service.root.at("spec/selector").map(Selector::Map);
        selector.is_some_and(|selector| workload.pods.iter().any(|pod| selector.matches(pod.labels())))
    });
    let mut names: Vec<String> = services.map(|service| service.name.to_string()).collect();
    // Operators name the Services of a database after its resource.
    let own = workload.resource.name.to_string();
    if workload.pods.is_empty() {
        names.extend(["rw", "ro", "r", "primary", "pooler"].map(|end| format!("{own}-{end}")));
    }
    if !names.contains(&own) {
        names.push(own);
    }
    names
}

/// The jobs that are called backups and name the store.
fn backups(store: &Workload<'_>, services: &[String], register: &Register<'_>, inventory: &Inventory) -> Vec<String> {
    let is_backup = |job: &&Workload<'_>| {
        let called = ["backup", "dump", "snapshot"].iter().any(|word| job.resource.name.contains(word));
        &*job.resource.kind == "CronJob" && called && (job.namespace() == store.namespace()) && {
            let named = texts::of_workload(job, inventory);
            job.resource.name.contains(&*store.resource.name)
                || named.iter().any(|(_, text)| services.iter().any(|service| mentions(text, service)))
        }
    };
    register.workloads().iter().filter(is_backup).map(|job| kind_and_name(job.resource)).collect()
}

fn mentions(text: &str, service: &str) -> bool {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')).any(|word| word == service)
}
