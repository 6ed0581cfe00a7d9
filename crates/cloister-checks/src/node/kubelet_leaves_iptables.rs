//! # What it does
//! Finds kubelets that are told not to keep their rules of the packet filter.
//!
//! # Why it matters
//! Rules that drop martian packets then go missing, and what relies on marks of the kubelet fails
//! in ways that are hard to see.
//!
//! # What to do
//! Set `makeIPTablesUtilChains: true`, or take it away.
//!
//! # References
//! CIS 4.2.6. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-leaves-iptables",
    title: "Kubelet does not keep its rules of the packet filter",
    severity: Severity::Low,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| {
        kubelet::switch(resource, findings, "makeIPTablesUtilChains", true)
    }),
};
