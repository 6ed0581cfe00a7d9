//! # What it does
//! Finds kubelets that make their own certificate for serving.
//!
//! # Why it matters
//! The API server sends commands and reads logs over this connection. Without a certificate that
//! an authority signed it cannot tell the node from somebody between them.
//!
//! # What to do
//! Set `serverTLSBootstrap: true` and approve the requests, or set `tlsCertFile` and
//! `tlsPrivateKeyFile`.
//!
//! # References
//! CIS 4.2.9. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-self-made-certificate",
    title: "Kubelet serves a certificate that nobody can check",
    severity: Severity::Medium,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, kubelet::certificate),
};
