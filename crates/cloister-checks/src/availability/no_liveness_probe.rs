//! # What it does
//! Finds containers of lasting workloads without a liveness probe. Jobs, and pods
//! that may end, need none.
//!
//! # Why it matters
//! A process that hangs is never restarted: the service is down until somebody looks.
//!
//! # What to do
//! Add a probe that asks the process itself whether it is alive, not what it depends on.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Liveness, Readiness, and Startup Probes".

use cloister_model::Severity;

use super::workloads::{is_service, probe};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-liveness-probe",
    title: "container has no liveness probe",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        if !container.is_lasting() || !is_service(&container.pod) || is_system_pod(&container.pod) {
            return findings.not_applicable();
        }
        let place = container.at("livenessProbe");
        if !place.missing.is_empty() || place.node.is_empty() {
            findings
                .report(place)
                .message(format!("container \"{}\" has no liveness probe", container.name()))
                .fix(probe(container, "livenessProbe", "/healthz"));
        }
    }),
};
