//! # What it does
//! Finds kubelets without a limit for the processes of a pod.
//!
//! # Why it matters
//! One pod that forks without end takes the node down, and with it every store of personal data
//! there.
//!
//! # What to do
//! Set `podPidsLimit`, to 4096 for example.
//!
//! # References
//! CIS 4.2.13. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-without-pid-limit",
    title: "Kubelet does not limit how many processes a pod has",
    severity: Severity::Medium,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::examine(
            resource,
            findings,
            "podPidsLimit",
            |value| value.number().is_some_and(|limit| limit > 0),
            "podPidsLimit: 4096",
        )
    }),
};
