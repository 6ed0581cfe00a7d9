//! # What it does
//! Finds Secrets that workloads of several activities use, where neither declares the
//! other compatible.
//!
//! # Why it matters
//! With one credential for two purposes, neither the database nor the log can tell them
//! apart: purpose limitation ends there (Art. 5(1)(b)).
//!
//! # What to do
//! Give each activity its own credential with its own rights; or state `compatibleWith`
//! in the register, with the reason.
//!
//! # References
//! GDPR Art. 5(1)(b), 6(4), 32(1)(b).

use cloister_model::{Node, Severity};
use std::collections::BTreeMap;

use cloister_inventory::Pod;

use super::secret_references::references;
use crate::governance::purposes::crossing;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-shared-across-activities",
    title: "one Secret opens doors for several purposes",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&["Secret"], |findings| {
        let inventory = findings.inventory();
        let register = findings.register();
        let mut users: BTreeMap<(&str, &str), Vec<(Pod<'_>, &Node)>> = BTreeMap::new();
        for pod in inventory.pods() {
            for reference in references(&pod).into_iter().filter(|reference| !reference.pulls_images) {
                users.entry((pod.namespace(), reference.name)).or_default().push((pod, reference.node));
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
                    "Secret \"{name}\" serves the activities \"{}\" and \"{}\", which have different purposes",
                    one.name(),
                    other.name()
                ));
            }
        }
    }),
};
