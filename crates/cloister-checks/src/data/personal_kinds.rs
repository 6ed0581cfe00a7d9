//! Kinds of objects in which personal data are found.

use std::collections::BTreeMap;

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::recognised::personal_data_in;

/// Group and plural of the kinds that hold personal data, ConfigMaps and custom resources, with how many of their objects
/// do.
pub fn personal_kinds(inventory: &Inventory) -> BTreeMap<(String, String), usize> {
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
