//! # What it does
//! Finds persistent claims that workloads of several activities mount, where neither
//! declares the other compatible.
//!
//! # Why it matters
//! Files for one purpose lie open to another: nothing but file modes keeps them apart
//! (Art. 5(1)(b)).
//!
//! # What to do
//! Give each activity its own claim; or state `compatibleWith` in the register, with
//! the reason.
//!
//! # References
//! GDPR Art. 5(1)(b), 6(4).

use cloister_model::{Node, Severity};
use std::collections::BTreeMap;

use cloister_inventory::Pod;

use crate::governance::purposes::crossing;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "volume-shared-across-activities",
    title: "one volume holds the data of several purposes",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&["PersistentVolumeClaim"], |findings| {
        let inventory = findings.inventory();
        let register = findings.register();
        let mut users: BTreeMap<(&str, &str), Vec<(Pod<'_>, &Node)>> = BTreeMap::new();
        for pod in inventory.pods() {
            for volume in pod.volumes() {
                if let Some(name) = volume.str_at("persistentVolumeClaim/claimName") {
                    users.entry((pod.namespace(), name)).or_default().push((pod, volume));
                }
            }
        }
        for ((_, name), uses) in users {
            let Some((last, node)) = uses.last() else { continue };
            let activities: Vec<_> = uses.iter().flat_map(|(pod, _)| register.activities_of(pod.resource)).collect();
            if activities.is_empty() {
                continue;
            }
            let crossing = crossing(&activities);
            if findings.examine(crossing.is_some())
                && let Some((one, other)) = crossing
            {
                findings.report(last.place(node)).message(format!(
                    "claim \"{name}\" is mounted by the activities \"{}\" and \"{}\", which have different purposes",
                    one.name(),
                    other.name()
                ));
            }
        }
    }),
};
