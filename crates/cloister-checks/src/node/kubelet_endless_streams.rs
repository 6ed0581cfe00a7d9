//! # What it does
//! Finds kubelets whose streams (exec, logs, port-forward) never end by idleness.
//!
//! # Why it matters
//! A session that was left open stays a way into the pod, for whoever comes to that terminal.
//!
//! # What to do
//! Take `--streaming-connection-idle-timeout=0` away; four hours are the default. In the
//! configuration zero means the default.
//!
//! # References
//! CIS 4.2.5. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-endless-streams",
    title: "Kubelet never ends idle streams",
    severity: Severity::Low,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::examine(
            resource,
            findings,
            "streamingConnectionIdleTimeout",
            |value| value.seconds() != Some(0),
            "streamingConnectionIdleTimeout: 4h0m0s",
        )
    }),
};
