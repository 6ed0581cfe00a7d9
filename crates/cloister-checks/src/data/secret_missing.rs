//! # What it does
//! Finds references to Secrets that are not in the input, in namespaces whose other
//! Secrets are. What operators make (External Secrets, Sealed Secrets, cert-manager)
//! counts as there.
//!
//! # Why it matters
//! The pod does not start, or starts without its credential.
//!
//! # What to do
//! Create the Secret, correct the name, or write `optional: true`.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes documentation, "Secrets".

use cloister_inventory::Pod;
use cloister_model::Severity;

use super::secret_references::{made_later, references};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-missing",
    title: "a Secret that is referred to is not there",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["Secret"], |findings| {
        let inventory = findings.inventory();
        let pods: Vec<Pod<'_>> = inventory.pods().collect();
        for pod in pods {
            // Where a namespace has no Secret in the input at all, they come from elsewhere.
            if inventory.of_kind_in("Secret", pod.namespace()).next().is_none() {
                continue;
            }
            for reference in references(&pod).into_iter().filter(|reference| !reference.optional) {
                let there = inventory.get("Secret", pod.namespace(), reference.name).is_some()
                    || made_later(inventory, pod.namespace(), reference.name)
                    || reference.name.contains("{{");
                if findings.examine(!there) {
                    findings.report(pod.place(reference.node)).message(format!(
                        "Secret \"{}\" is not in namespace {}",
                        reference.name,
                        pod.namespace()
                    ));
                }
            }
        }
    }),
};
