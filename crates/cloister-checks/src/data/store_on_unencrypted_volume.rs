//! # What it does
//! Follows each store of personal data, declared or recognised, to its claims, their
//! volumes and StorageClasses (the default class, where none is named), and finds those
//! whose driver does not encrypt. A disk that its provider always encrypts is held.
//! Folders of nodes are judged by facts of the nodes: a volume of kind `local` and a
//! class of local folders count as not encrypted until facts show dm-crypt; a `hostPath`
//! of the pod itself is judged only where there are facts.
//!
//! # Why it matters
//! Here the class is not only offered: records of people lie on it. A disk that is
//! copied, sold or returned gives them all away; Art. 34(3)(a) spares the communication
//! of a breach when they were encrypted.
//!
//! # What to do
//! Make a class that encrypts, a claim of it, and copy the data over: an existing volume
//! stays as it is.
//!
//! # References
//! GDPR Art. 32(1)(a), 34(3)(a). PCI DSS 3.5.1. Documentation of the CSI drivers.

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Node, Place, Resource, Severity};
use cloister_node::OnDisk;

use super::at_rest::{AtRest, persistent_volume, storage_class};
use super::on_nodes;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-on-unencrypted-volume",
    title: "a store of personal data lies on a volume that is not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let register = findings.register();
        let is_store = register.recognised(pod.resource).is_some() || !register.stores_of(pod.resource).is_empty();
        if !is_store {
            return findings.not_applicable();
        }
        let mut told = false;
        for (name, place, at_rest) in volumes(pod, findings.inventory()) {
            match at_rest {
                AtRest::Unknown => continue,
                AtRest::Encrypted => {}
                AtRest::Plain { why, .. } => {
                    findings.report(place).message(format!("the store's volume \"{name}\" is not encrypted: {why}"));
                }
            }
            told = true;
        }
        if !told {
            findings.not_applicable();
        }
    }),
};

/// The volumes of a pod that outlive it, where they are named, and how they lie on their disks.
fn volumes<'a>(pod: &Pod<'a>, inventory: &'a Inventory) -> Vec<(&'a str, Place<'a>, AtRest<'a>)> {
    let mounted = pod.volumes().iter().filter_map(|volume| {
        let name = volume.str_at("persistentVolumeClaim/claimName")?;
        let claim = inventory.get("PersistentVolumeClaim", pod.namespace(), name)?;
        Some((name, pod.place(volume), of_claim(claim.root.get("spec")?, inventory)))
    });
    let made = pod.resource.root.items_at("spec/volumeClaimTemplates").iter().filter_map(|template| {
        let name = template.str_at("metadata/name")?;
        let spec = template.get("spec")?;
        Some((name, Place::of(pod.resource, template), of_claim(spec, inventory)))
    });
    let folders = pod.volumes().iter().filter_map(|volume| {
        let path = volume.str_at("hostPath/path")?;
        let at_rest = match on_nodes::pod(pod, path, inventory) {
            OnDisk::Encrypted => AtRest::Encrypted,
            OnDisk::Plain(_) => {
                let why = "it is a folder of a node whose disk the host does not encrypt";
                AtRest::Plain { place: pod.place(volume), why, fix: None }
            }
            OnDisk::Unknown => AtRest::Unknown,
        };
        Some((volume.str_at("name")?, pod.place(volume), at_rest))
    });
    mounted.chain(made).chain(folders).collect()
}

/// By its volume where it is bound, else by the class that will make one.
fn of_claim<'a>(spec: &'a Node, inventory: &'a Inventory) -> AtRest<'a> {
    let bound = spec.str_at("volumeName").and_then(|name| inventory.get_cluster_wide("PersistentVolume", name));
    if let Some(volume) = bound {
        return persistent_volume(volume, inventory);
    }
    let class = match spec.str_at("storageClassName") {
        // An empty name asks for a volume that somebody made by hand.
        Some("") => None,
        Some(name) => inventory.get_cluster_wide("StorageClass", name),
        None => inventory.of_kind("StorageClass").find(|class| is_default(class)),
    };
    class.map_or(AtRest::Unknown, |class| storage_class(class, inventory))
}

fn is_default(class: &Resource) -> bool {
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
        .iter()
        .any(|key| class.annotation(key) == Some("true"))
}
