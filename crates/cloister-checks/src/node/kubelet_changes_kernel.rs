//! # What it does
//! Finds kubelets that change settings of the kernel which differ from what they expect.
//!
//! # Why it matters
//! Hardening of the host is undone without a word, and nobody learns that it was.
//!
//! # What to do
//! Set the kernel as the kubelet expects it, then `protectKernelDefaults: true`.
//!
//! # References
//! kubelet's own documentation of protectKernelDefaults. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-changes-kernel",
    title: "Kubelet changes the kernel's settings instead of refusing to start",
    severity: Severity::Low,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::switch(resource, findings, "protectKernelDefaults", true)
    }),
};
