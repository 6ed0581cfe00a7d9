//! # What it does
//! Finds namespaces with workloads in which no ResourceQuota sets bounds for all its workloads together.
//!
//! # Why it matters
//! One workload, by accident or by attack, takes what all others need.
//!
//! # What to do
//! Add a ResourceQuota to the namespace.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use crate::namespaces::judged;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-quota",
    title: "namespace has no ResourceQuota",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["Namespace", "ResourceQuota"], |findings| {
        let inventory = findings.inventory();
        for namespace in judged(inventory).filter(|namespace| inventory.pods_in(namespace.name).next().is_some()) {
            let none = inventory.of_kind_in("ResourceQuota", namespace.name).next().is_none();
            if findings.examine(none) {
                findings
                    .report(namespace.subject())
                    .message(format!("namespace {} has no ResourceQuota", namespace.name))
                    .fix(format!(
                        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: default, namespace: {}}}\n{}",
                        namespace.name, SPEC
                    ));
            }
        }
    }),
};

const SPEC: &str = "spec:\n  hard:\n    requests.memory: 8Gi\n    limits.memory: 16Gi\n    pods: \"50\"";
