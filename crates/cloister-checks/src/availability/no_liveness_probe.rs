//! # What it does
//! Finds containers of lasting workloads without a liveness probe.
//!
//! # Why it matters
//! A process that hangs stays in service until somebody looks.
//!
//! # What to do
//! Add a `livenessProbe` that asks what the container needs to do its work.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_inventory::ContainerRole;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-liveness-probe",
    title: "container has no liveness probe",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let ends = matches!(&*container.pod.resource.kind, "Job" | "CronJob");
        if ends || container.role != ContainerRole::Regular {
            return findings.not_applicable();
        }
        if container.node.get("livenessProbe").is_some() {
            return;
        }
        findings
            .report(container.at("livenessProbe"))
            .message(format!("container \"{}\" has no liveness probe", container.name()))
            .fix("livenessProbe:\n  httpGet:\n    path: /healthz\n    port: 8080");
    }),
};
