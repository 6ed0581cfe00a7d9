//! # What it does
//! Finds containers of lasting workloads without a readiness probe. Jobs, and pods
//! that may end, need none.
//!
//! # Why it matters
//! Requests go to pods that cannot answer yet, or no longer: every rollout and every
//! hiccup of a database becomes an outage.
//!
//! # What to do
//! Add a probe that says whether the pod can serve requests now.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Liveness, Readiness, and Startup Probes".

use cloister_model::Severity;

use super::workloads::{is_service, probe};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-readiness-probe",
    title: "container has no readiness probe",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if !container.is_lasting() || !is_service(&container.pod) || is_system_pod(&container.pod) {
            return findings.not_applicable();
        }
        let place = container.at("readinessProbe");
        if !place.missing.is_empty() || place.node.is_empty() {
            findings
                .report(place)
                .message(format!("container \"{}\" has no readiness probe", container.name()))
                .fix(probe(container, "readinessProbe", "/readyz"));
        }
    }),
};
