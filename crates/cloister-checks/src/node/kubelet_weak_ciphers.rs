//! # What it does
//! Finds kubelets that take cipher suites without forward secrecy or authenticated encryption, or
//! that leave the choice to the default.
//!
//! # Why it matters
//! Logs, commands and their output pass here. A listener who records them today reads them when
//! the key leaks.
//!
//! # What to do
//! Set `tlsMinVersion: VersionTLS13`, or list suites with ECDHE and GCM or ChaCha20 in
//! `tlsCipherSuites`.
//!
//! # References
//! CIS 4.2.12. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-weak-ciphers",
    title: "Kubelet takes weak ciphers",
    severity: Severity::Low,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, kubelet::suites),
};
