//! # What it does
//! Finds Secrets that workloads need and that are not in their namespace, though other
//! Secrets of that namespace are in the input.
//!
//! # Why it matters
//! The pod waits for ever, or starts without what protects it.
//!
//! # What to do
//! Add the Secret, or what makes it (ExternalSecret, SealedSecret); or correct the name.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_inventory::Inventory;

use super::secrets::references;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-missing",
    title: "Secret is not there",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["Secret"], |findings| {
        let inventory = findings.inventory();
        for pod in inventory.pods() {
            // A namespace none of whose Secrets were given keeps them elsewhere.
            if inventory.of_kind_in("Secret", pod.namespace()).next().is_none() {
                continue;
            }
            for reference in references(&pod).into_iter().filter(|reference| !reference.optional) {
                let there = is_there(inventory, pod.namespace(), reference.name);
                if findings.examine(!there) {
                    findings.report(pod.place(reference.node)).message(format!(
                        "the Secret \"{}\" is not in namespace \"{}\"",
                        reference.name,
                        pod.namespace()
                    ));
                }
            }
        }
    }),
};

/// The Secret itself, or an object that makes it.
fn is_there(inventory: &Inventory, namespace: &str, name: &str) -> bool {
    const MAKERS: [&str; 3] =
        ["SealedSecret.bitnami.com", "ExternalSecret.external-secrets.io", "Certificate.cert-manager.io"];
    let made = MAKERS.iter().flat_map(|kind| inventory.of_kind_in(kind, namespace)).any(|maker| {
        let target = maker.root.str_at("spec/target/name").or_else(|| maker.root.str_at("spec/secretName"));
        target.unwrap_or(&maker.name) == name
    });
    made || inventory.get("Secret", namespace, name).is_some()
}
