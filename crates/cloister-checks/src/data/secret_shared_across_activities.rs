//! # What it does
//! Finds Secrets that workloads of different purposes use, though neither activity says
//! that they are compatible.
//!
//! # Why it matters
//! Who has the password of a database can read all of it, whatever the purpose.
//!
//! # What to do
//! Give each activity credentials of its own, with the rights that it needs.
//!
//! # References
//! GDPR Art. 5(1)(b), 32(4).

use std::collections::BTreeMap;

use cloister_inventory::Pod;
use cloister_model::Severity;
use cloister_register::ProcessingActivity;

use super::secrets::{Reference, references};
use crate::governance::purposes::crossing;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-shared-across-activities",
    title: "Secret is shared by activities of different purposes",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&["Secret", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"], |findings| {
        let register = findings.register();
        let mut users: BTreeMap<(&str, &str), Vec<(Pod<'_>, Reference<'_>)>> = BTreeMap::new();
        for pod in findings.inventory().pods() {
            for reference in references(&pod) {
                users.entry((pod.namespace(), reference.name)).or_default().push((pod, reference));
            }
        }
        for ((namespace, name), users) in users {
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
            let (Some((one, other)), Some((pod, reference))) = (crossed, users.last()) else { continue };
            findings.report(pod.place(reference.node)).message(format!(
                "the Secret \"{namespace}/{name}\" is shared by the activities \"{}\" and \"{}\"",
                one.name(),
                other.name()
            ));
        }
    }),
};
