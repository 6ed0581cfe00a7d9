//! # What it does
//! Finds workloads whose node selector or required node affinity names a region or zone
//! outside the European Economic Area, to which the register states no transfer with a
//! safeguard.
//!
//! # Why it matters
//! A pod there takes its data there: a transfer to a third country, which needs an
//! adequacy decision or a safeguard (Art. 44 to 49).
//!
//! # What to do
//! Choose a region inside the EEA; or state the transfer and its safeguard in the
//! activity (`transfers`), or the country of the region in the organisation
//! (`regions`).
//!
//! # References
//! GDPR Art. 30(1)(e), 44. Commission Decision (EU) 2026/179 and its forerunners, for
//! adequacy.

use cloister_model::Severity;

use super::topology::{in_labels, in_terms, report};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "workload-outside-eea",
    title: "workload may run outside the EEA",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let required = pod.spec.at("affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution");
        let mut places = in_labels(pod.resource, pod.spec.get("nodeSelector"));
        places.extend(in_terms(pod.resource, required));
        if places.is_empty() {
            return findings.not_applicable();
        }
        let what = format!("{} \"{}\" may run in", pod.resource.kind, pod.resource.name);
        report(&places, &what, findings);
    }),
};
