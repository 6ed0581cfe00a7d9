//! # What it does
//! Finds kubelets without an authority for client certificates.
//!
//! # Why it matters
//! Without it the API server cannot prove to the kubelet who it is; what is left are tokens and
//! anonymous requests.
//!
//! # What to do
//! Set `authentication.x509.clientCAFile` to the authority of the cluster.
//!
//! # References
//! CIS 4.2.3. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-without-client-authority",
    title: "Kubelet knows no authority of its clients",
    severity: Severity::High,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::needs(resource, findings, &["authentication/x509/clientCAFile"])
    }),
};
