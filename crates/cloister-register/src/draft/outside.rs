//! Destinations outside the cluster: each is a processor until somebody says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::Inventory;

use super::organisation::{own_hosts, private_registries};
use super::yaml::{Document, Yaml};
use super::{free_name, texts};
use crate::hosts::covers;
use crate::register::Register;

const QUESTIONS: &[&str] =
    &["legalName", "role", "service", "country", "agreement", "transfer", "subProcessors", "reviewed"];

/// A drafted processor.
#[derive(Debug)]
pub(super) struct Outside {
    pub document: Document,
    /// `*.domain`, which covers the hosts that were found.
    pub domain: String,
    /// Workloads that name a host of it: namespace and name.
    pub users: Vec<(String, String)>,
}

/// The destinations that no document of the register covers.
pub(super) fn draft(register: &Register<'_>, inventory: &Inventory) -> Vec<Outside> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let own = own_hosts(inventory);
    for workload in register.workloads() {
        for (name, text) in texts::of_workload(workload, inventory) {
            for host in texts::hosts(name, text)
                .into_iter()
                .filter(|host| is_new(host, register, inventory, workload.namespace()))
            {
                let user = (workload.namespace().to_owned(), workload.resource.name.to_string());
                let users = found.entry(wildcard(host)).or_default();
                if !users.contains(&user) {
                    users.push(user);
                }
            }
        }
    }
    let named = inventory.of_kind("Service").filter_map(|service| service.root.str_at("spec/externalName"));
    for host in named.filter(|host| is_new(host, register, inventory, "")) {
        found.entry(wildcard(host)).or_default();
    }
    found.retain(|domain, _| !own.contains(domain));
    let registries = private_registries(inventory);
    found.into_iter().map(|(domain, users)| processor(register, &registries, domain, users)).collect()
}

fn processor(
    register: &Register<'_>,
    registries: &BTreeSet<String>,
    domain: String,
    users: Vec<(String, String)>,
) -> Outside {
    let wanted = domain.trim_start_matches("*.").replace('.', "-").to_ascii_lowercase();
    let name = free_name(&wanted, "outside", &|name| register.processor(name).is_some());
    let mut fields = vec![("hosts", Yaml::Texts(vec![domain.clone()]))];
    let registries: Vec<String> = registries.iter().filter(|registry| covers(&domain, registry)).cloned().collect();
    if !registries.is_empty() {
        fields.push(("registries", Yaml::Texts(registries)));
    }
    Outside { document: Document { kind: "Processor", name, fields, questions: QUESTIONS }, domain, users }
}

fn is_new(host: &str, register: &Register<'_>, inventory: &Inventory, from: &str) -> bool {
    let mut known: Vec<&str> = register.processors().iter().flat_map(|processor| processor.hosts().items()).collect();
    known.extend(register.organisation().into_iter().flat_map(|organisation| organisation.hosts().items()));
    let external = register.stores().iter().filter_map(|store| store.external().value());
    known.extend(external.flat_map(|external| external.hosts().items()));
    !texts::is_inside(host)
        && !is_of_cluster(host, inventory, from)
        && !known.iter().any(|pattern| covers(pattern, host))
}

/// Whether a short name such as `db.billing` is a Service.
fn is_of_cluster(host: &str, inventory: &Inventory, from: &str) -> bool {
    let (name, namespace) = host.split_once('.').unwrap_or((host, from));
    inventory.get("Service", namespace, name).is_some() || inventory.namespaces().any(|(known, _)| known == namespace)
}

/// The names below which countries sell domains: `co.uk`, `com.au`.
const SECOND_LEVEL: [&str; 7] = ["co", "com", "net", "org", "gov", "ac", "edu"];

/// `*.example.org` of `a.b.example.org`: the part that one owner has, by rule of thumb.
pub(super) fn wildcard(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').collect();
    let kept = match labels.as_slice() {
        [.., second, top] if top.len() == 2 && SECOND_LEVEL.contains(second) => 3,
        _ => 2,
    };
    let owned = labels.get(labels.len().saturating_sub(kept)..).unwrap_or(&labels);
    format!("*.{}", owned.join("."))
}
