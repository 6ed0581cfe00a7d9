//! # What it does
//! Finds kubelets that do not give the runtime's seccomp profile to pods that name none.
//!
//! # Why it matters
//! Most ways out of a container are system calls that no application needs; the runtime's profile
//! refuses them.
//!
//! # What to do
//! Set `seccompDefault: true`.
//!
//! # References
//! CIS 4.2.14. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-without-seccomp-default",
    title: "Kubelet runs containers without a filter of system calls",
    severity: Severity::Medium,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| kubelet::switch(resource, findings, "seccompDefault", true)),
};
