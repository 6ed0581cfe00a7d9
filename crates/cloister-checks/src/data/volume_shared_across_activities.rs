//! # What it does
//! Finds claims that workloads of different purposes mount, though neither activity says
//! that they are compatible.
//!
//! # Why it matters
//! What one purpose collected, the other can read, past every database and every log.
//!
//! # What to do
//! Give each activity a volume of its own, or hand over through an interface.
//!
//! # References
//! GDPR Art. 5(1)(b), 32(1)(b).

use std::collections::BTreeMap;

use cloister_inventory::Pod;
use cloister_model::{Node, Severity};
use cloister_register::ProcessingActivity;

use crate::governance::purposes::crossing;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "volume-shared-across-activities",
    title: "volume is shared by activities of different purposes",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"], |findings| {
        let register = findings.register();
        let mut users: BTreeMap<(&str, &str), Vec<(Pod<'_>, &Node)>> = BTreeMap::new();
        for pod in findings.inventory().pods() {
            for node in pod.volumes().iter().filter_map(|volume| volume.at("persistentVolumeClaim/claimName")) {
                users.entry((pod.namespace(), node.as_str().unwrap_or(""))).or_default().push((pod, node));
            }
        }
        for ((namespace, claim), users) in users {
            let mut activities: Vec<&ProcessingActivity<'_>> = Vec::new();
            for (pod, _) in &users {
                for activity in register.activities_of(pod.resource) {
                    if !activities.iter().any(|known| known.name() == activity.name()) {
                        activities.push(activity);
                    }
                }
            }
            if activities.is_empty() {
                continue;
            }
            let crossed = crossing(&activities);
            findings.examine(crossed.is_some());
            let (Some((one, other)), Some((pod, node))) = (crossed, users.last()) else { continue };
            findings.report(pod.place(node)).message(format!(
                "the claim \"{namespace}/{claim}\" is shared by the activities \"{}\" and \"{}\"",
                one.name(),
                other.name()
            ));
        }
    }),
};
