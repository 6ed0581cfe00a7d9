//! # What it does
//! Finds containers of lasting workloads without a readiness probe.
//!
//! # Why it matters
//! Requests reach a pod that has not started yet or has lost its database: people see
//! errors, and lose what they typed.
//!
//! # What to do
//! Add a `readinessProbe` that asks what the container needs to do its work.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_inventory::ContainerRole;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-readiness-probe",
    title: "container has no readiness probe",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let ends = matches!(&*container.pod.resource.kind, "Job" | "CronJob");
        if ends || container.role != ContainerRole::Regular {
            return findings.not_applicable();
        }
        if container.node.get("readinessProbe").is_some() {
            return;
        }
        findings
            .report(container.at("readinessProbe"))
            .message(format!("container \"{}\" has no readiness probe", container.name()))
            .fix("readinessProbe:\n  httpGet:\n    path: /healthz\n    port: 8080");
    }),
};
