//! # What it does
//! Finds kubelets whose rate of events is below five a second, or is not limited.
//!
//! # Why it matters
//! With few, what happened to a pod goes untold; without a limit, one crashing pod fills the
//! store of the cluster.
//!
//! # What to do
//! Take `eventRecordQPS` away (50 is the default), or set it to a level that your events need.
//!
//! # References
//! CIS 4.2.8. GDPR Art. 33.

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-drops-events",
    title: "Kubelet tells too few events, or without a limit",
    severity: Severity::Low,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::examine(
            resource,
            findings,
            "eventRecordQPS",
            |value| value.number().is_some_and(|rate| rate > 0),
            "eventRecordQPS: 50",
        )
    }),
};
