//! # What it does
//! Finds kubelets that serve the read-only port.
//!
//! # Why it matters
//! The port tells everybody in the network every pod of the node with its environment, and asks
//! nobody who he is. Without a configuration file it is open.
//!
//! # What to do
//! Set `readOnlyPort: 0`, or take it away from the configuration.
//!
//! # References
//! CIS 4.2.4. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-read-only-port",
    title: "Kubelet serves a port that asks for no name",
    severity: Severity::High,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::examine(resource, findings, "readOnlyPort", |value| value.number() == Some(0), "readOnlyPort: 0")
    }),
};
