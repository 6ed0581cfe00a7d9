//! # What it does
//! Finds EncryptionConfigurations that leave kinds in the clear in which personal data
//! are found: ConfigMaps, and custom resources of the input.
//!
//! # Why it matters
//! Secrets alone are mostly encrypted. Personal data that stand in other objects lie in
//! etcd and its backups as they are.
//!
//! # What to do
//! Take the data out of the objects; else name their kind in the configuration (or
//! `*.*` for everything) and write the objects anew.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at Rest".

use std::collections::BTreeMap;

use cloister_encryption::at_rest::{Configuration, GroupResource};
use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource, Severity};

use super::recognised::personal_data_in;
use crate::control_plane::at_rest::{KINDS, NEEDS};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-not-encrypted-at-rest",
    title: "objects with personal data are stored in the clear",
    severity: Severity::Medium,
    needs: NEEDS,
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let kinds = personal_kinds(inventory);
        for resource in inventory.of_kind("EncryptionConfiguration") {
            let configuration = Configuration::of(resource);
            let clear = |(name, _): &(&(String, String), &usize)| {
                let stored = configuration.stored(GroupResource { group: &name.0, resource: &name.1 });
                !stored.is_encrypted()
            };
            let open: Vec<_> = kinds.iter().filter(clear).collect();
            // Without personal data in objects there is nothing to hold.
            if !kinds.is_empty() {
                findings.examine(!open.is_empty());
            }
            for ((group, plural), count) in open {
                let name = GroupResource { group, resource: plural };
                findings.report(Place::whole(resource).at("resources")).message(format!(
                    "{name} are stored in the clear, and {count} of them in the input {} personal data",
                    if *count == 1 { "holds" } else { "hold" }
                ));
            }
        }
    }),
};

/// Group and plural of the kinds that hold personal data, with how many of their objects do.
fn personal_kinds(inventory: &Inventory) -> BTreeMap<(String, String), usize> {
    let mut kinds = BTreeMap::new();
    for resource in inventory.resources() {
        let is_config_map = &*resource.kind == "ConfigMap" && &*resource.api_version == "v1";
        if (is_config_map || is_custom(resource)) && holds(&resource.root, "") {
            let name = (resource.group().to_owned(), plural(inventory, resource));
            *kinds.entry(name).or_default() += 1;
        }
    }
    kinds
}

/// An object of a group that is not Kubernetes' own, nor a document of ours.
fn is_custom(resource: &Resource) -> bool {
    let group = resource.group();
    group.contains('.') && !group.ends_with(".k8s.io") && group != "kubeadm.k8s.io" && group != "cloister.dev"
}

/// As its definition says; where that is not in the input, as plurals are formed.
fn plural(inventory: &Inventory, resource: &Resource) -> String {
    let defined = inventory.of_kind("CustomResourceDefinition").find(|definition| {
        definition.root.str_at("spec/names/kind") == Some(&*resource.kind)
            && definition.root.str_at("spec/group") == Some(resource.group())
    });
    let plural = defined.and_then(|definition| definition.root.str_at("spec/names/plural"));
    plural.map_or_else(|| format!("{}s", resource.kind.to_lowercase()), str::to_owned)
}

fn holds(node: &Node, name: &str) -> bool {
    match node.as_str() {
        Some(text) => personal_data_in(name, text),
        None => {
            node.items().iter().any(|item| holds(item, name))
                || node.entries().iter().any(|entry| &*entry.key != "metadata" && holds(&entry.node, &entry.key))
        }
    }
}
