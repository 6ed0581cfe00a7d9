//! # What it does
//! Finds kubelets whose feature gate RotateKubeletServerCertificate is off.
//!
//! # Why it matters
//! The certificate by which the kubelet serves then ends some day, or is made to live for years.
//!
//! # What to do
//! Take `RotateKubeletServerCertificate=false` away from the feature gates.
//!
//! # References
//! CIS 4.2.11. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-without-server-renewal",
    title: "Kubelet is kept from renewing its serving certificate",
    severity: Severity::Medium,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::gate(resource, findings, "RotateKubeletServerCertificate")
    }),
};
