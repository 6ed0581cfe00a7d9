//! # What it does
//! Finds namespaces with workloads and without a LimitRange.
//!
//! # Why it matters
//! A container without limits of its own has none.
//!
//! # What to do
//! Add a LimitRange to the namespace.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use crate::network::namespaces::judged;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-limit-range",
    title: "namespace has no limit range",
    severity: Severity::Info,
    needs: &[],
    run: Run::Inventory(&["LimitRange", "Namespace"], |findings| {
        let inventory = findings.inventory();
        for namespace in judged(inventory) {
            if inventory.pods_in(namespace.name).next().is_none() {
                continue;
            }
            if findings.examine(inventory.of_kind_in("LimitRange", namespace.name).next().is_none()) {
                findings
                    .report(namespace.subject())
                    .message(format!("namespace \"{}\" has no limit range", namespace.name))
                    .fix(format!("apiVersion: v1\nkind: LimitRange\nmetadata:\n  name: defaults\n  namespace: {}\nspec:\n  limits:\n    - type: Container\n      default: {{cpu: 500m, memory: 256Mi}}\n      defaultRequest: {{cpu: 100m, memory: 128Mi}}", namespace.name));
            }
        }
    }),
};
