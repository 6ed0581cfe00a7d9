//! # What it does
//! Finds namespaces with workloads and without a ResourceQuota.
//!
//! # Why it matters
//! One team's mistake, or one intruder, uses up the whole cluster.
//!
//! # What to do
//! Add a ResourceQuota to the namespace.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use crate::network::namespaces::judged;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-quota",
    title: "namespace has no quota",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["ResourceQuota", "Namespace"], |findings| {
        let inventory = findings.inventory();
        for namespace in judged(inventory) {
            if inventory.pods_in(namespace.name).next().is_none() {
                continue;
            }
            if findings.examine(inventory.of_kind_in("ResourceQuota", namespace.name).next().is_none()) {
                findings
                    .report(namespace.subject())
                    .message(format!("namespace \"{}\" has no quota", namespace.name))
                    .fix(format!("apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: defaults\n  namespace: {}\nspec:\n  hard:\n    requests.cpu: \"8\"\n    requests.memory: 16Gi\n    pods: \"50\"", namespace.name));
            }
        }
    }),
};
