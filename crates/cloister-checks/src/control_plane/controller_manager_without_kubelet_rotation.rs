//! # What it does
//! Finds controller managers that turn off the rotation of serving certificates of
//! kubelets.
//!
//! # Why it matters
//! Certificates expire unnoticed, and the usual answer is to stop verifying them.
//!
//! # What to do
//! Remove `RotateKubeletServerCertificate=false` from `--feature-gates`.
//!
//! # References
//! CIS 1.3.6. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-without-kubelet-rotation",
    title: "serving certificates of kubelets do not rotate",
    severity: Severity::Low,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| {
            if flags.gate("RotateKubeletServerCertificate") == Some(false) {
                return flags.fault("--feature-gates", "");
            }
            Verdict::Holds
        });
    }),
};
