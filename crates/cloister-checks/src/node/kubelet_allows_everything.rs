//! # What it does
//! Finds kubelets whose authorisation is AlwaysAllow.
//!
//! # Why it matters
//! Any client certificate of the cluster, and any anonymous request that is let in, then runs
//! commands in every pod of the node. Without a configuration file this is the default.
//!
//! # What to do
//! Set `authorization.mode: Webhook`, so that RBAC decides.
//!
//! # References
//! CIS 4.2.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-allows-everything",
    title: "Kubelet allows every request that has a name",
    severity: Severity::Critical,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::examine(
            resource,
            findings,
            "authorization/mode",
            |value| value.text() != "AlwaysAllow",
            "authorization:\n  mode: Webhook",
        )
    }),
};
