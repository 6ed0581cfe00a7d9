//! # What it does
//! Finds kubelets that let requests without credentials in.
//!
//! # Why it matters
//! The kubelet reads logs and runs commands in every pod of its node. Where its authorisation
//! lets anonymous requests pass, whoever reaches port 10250 reads the personal data in those
//! pods; without a configuration file this is the default.
//!
//! # What to do
//! Set `authentication.anonymous.enabled: false` in the kubelet's configuration, and take
//! `--anonymous-auth` away.
//!
//! # References
//! CIS 4.2.1. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-anonymous-requests",
    title: "Kubelet answers requests without a name",
    severity: Severity::Critical,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::switch(resource, findings, "authentication/anonymous/enabled", false)
    }),
};
