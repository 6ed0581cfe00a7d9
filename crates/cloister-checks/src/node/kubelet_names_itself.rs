//! # What it does
//! Finds kubelets that are started with another name than their host's.
//!
//! # Why it matters
//! Certificates, logs and firewall rules speak of the host's name. A node under another name
//! cannot be told from one that pretends.
//!
//! # What to do
//! Take `--hostname-override` away, where the cloud does not need it.
//!
//! # References
//! CIS 4.2.7. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-names-itself",
    title: "Kubelet takes another name than its host's",
    severity: Severity::Low,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::flag(resource, findings, "hostname-override", |value| value.text().is_empty())
    }),
};
