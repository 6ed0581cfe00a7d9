//! The controller: its own registries and domain names, as far as they show.

use std::collections::BTreeSet;

use cloister_inventory::Inventory;

use super::outside::{Outside, wildcard};
use super::yaml::{Document, Yaml};
use crate::hosts::covers;
use crate::register::Register;

/// Registries that anybody can publish in: never the organisation's own.
const PUBLIC: [&str; 12] = [
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "quay.io",
    "ghcr.io",
    "gcr.io",
    "registry.k8s.io",
    "k8s.gcr.io",
    "public.ecr.aws",
    "mcr.microsoft.com",
    "registry.gitlab.com",
    "docker.elastic.co",
];

const QUESTIONS: &[&str] = &[
    "legalName",
    "address",
    "country",
    "contact",
    "dataProtectionOfficer",
    "supervisoryAuthority",
    "registries",
    "hosts",
];

/// The organisation, where the register has none and anything runs.
pub(super) fn draft(register: &Register<'_>, inventory: &Inventory, outside: &[Outside]) -> Option<Document> {
    if register.organisation().is_some() || inventory.pods().next().is_none() {
        return None;
    }
    let mut registries = private_registries(inventory);
    registries.retain(|registry| !outside.iter().any(|processor| covers(&processor.domain, registry)));
    let mut fields = vec![("legalName", Yaml::Text(String::new()))];
    for (key, found) in [("registries", registries), ("hosts", own_hosts(inventory))] {
        if !found.is_empty() {
            fields.push((key, Yaml::Texts(found.into_iter().collect())));
        }
    }
    Some(Document { kind: "Organisation", name: "organisation".into(), fields, questions: QUESTIONS })
}

/// The registries of the inventory's images that are not open to everybody.
pub(super) fn private_registries(inventory: &Inventory) -> BTreeSet<String> {
    let containers = inventory.pods().flat_map(|pod| pod.containers().collect::<Vec<_>>());
    containers.filter_map(|container| private_registry(container.image())).map(str::to_owned).collect()
}

/// The registry of an image, where it names one that is not public.
fn private_registry(image: &str) -> Option<&str> {
    let (host, _) = image.split_once('/')?;
    let is_host = host.contains(['.', ':']) || host == "localhost";
    (is_host && !PUBLIC.contains(&host)).then_some(host)
}

/// The domains under which the cluster is reached from outside.
pub(super) fn own_hosts(inventory: &Inventory) -> BTreeSet<String> {
    let ingresses = inventory.of_kind("Ingress").flat_map(|ingress| ingress.root.items_at("spec/rules"));
    let hosts = ingresses.filter_map(|rule| rule.str_at("host"));
    hosts.map(|host| host.trim_start_matches("*.")).filter(|host| host.contains('.')).map(wildcard).collect()
}
