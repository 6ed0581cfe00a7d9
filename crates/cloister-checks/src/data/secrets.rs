//! Which Secrets a pod uses, and where it says so.

use cloister_inventory::Pod;
use cloister_model::Node;

/// A place in a pod that names a Secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference<'a> {
    /// The Secret's name.
    pub name: &'a str,
    /// The node that names it.
    pub node: &'a Node,
    /// Whether the pod starts without it.
    pub optional: bool,
}

/// Every Secret that a pod uses: variables and volumes. Pull secrets are no
/// data of the program and are left out.
pub(crate) fn references<'a>(pod: &Pod<'a>) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    for container in pod.containers() {
        for (_, entry) in container.env() {
            found.extend(entry.at("valueFrom/secretKeyRef").and_then(|node| reference(node, "name")));
        }
        for source in container.node.items_at("envFrom") {
            found.extend(source.get("secretRef").and_then(|node| reference(node, "name")));
        }
    }
    for volume in pod.volumes() {
        found.extend(volume.get("secret").and_then(|node| reference(node, "secretName")));
        for source in volume.items_at("projected/sources") {
            found.extend(source.get("secret").and_then(|node| reference(node, "name")));
        }
    }
    found
}

fn reference<'a>(node: &'a Node, key: &str) -> Option<Reference<'a>> {
    let name = node.get(key)?;
    Some(Reference { name: name.as_str()?, node: name, optional: node.bool_at("optional") == Some(true) })
}
