//! # What it does
//! Finds kubelets that fetch static pods from a web address.
//!
//! # Why it matters
//! Whoever answers at that address runs what he likes on the node, as root, past admission and
//! RBAC.
//!
//! # What to do
//! Take `staticPodURL` and `--manifest-url` away.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-fetches-pods",
    title: "Kubelet runs pods from a web address",
    severity: Severity::High,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::examine(resource, findings, "staticPodURL", |value| value.text().is_empty(), "")
    }),
};
