//! # What it does
//! Finds namespaces with workloads in which no LimitRange gives its containers limits where they have none of their own.
//!
//! # Why it matters
//! A container that says nothing about its needs runs without bounds, and takes its
//! node down with it.
//!
//! # What to do
//! Add a LimitRange to the namespace.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use crate::namespaces::judged;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-limit-range",
    title: "namespace has no LimitRange",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["Namespace", "LimitRange"], |findings| {
        let inventory = findings.inventory();
        for namespace in judged(inventory).filter(|namespace| inventory.pods_in(namespace.name).next().is_some()) {
            let none = inventory.of_kind_in("LimitRange", namespace.name).next().is_none();
            if findings.examine(none) {
                findings
                    .report(namespace.subject())
                    .message(format!("namespace {} has no LimitRange", namespace.name))
                    .fix(format!(
                        "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: default, namespace: {}}}\n{}",
                        namespace.name, SPEC
                    ));
            }
        }
    }),
};

const SPEC: &str =
    "spec:\n  limits:\n    - type: Container\n      default: {memory: 256Mi}\n      defaultRequest: {memory: 128Mi}";
