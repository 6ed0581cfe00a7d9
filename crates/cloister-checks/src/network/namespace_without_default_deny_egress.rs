//! # What it does
//! Finds namespaces in which a pod that nobody wrote a policy for would reach every address:
//! no NetworkPolicy selects every pod and denies what it does not allow. Policies of Cilium and
//! Calico and a baseline policy of the administrator count too.
//!
//! # Why it matters
//! A workload that was taken over sends personal data wherever it likes, and calls
//! home for more; by default nothing should leave.
//!
//! # What to do
//! Add a policy with an empty `podSelector` and no egress rule, then one policy for
//! each connection that is needed.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Network policies".

use cloister_model::Severity;

use super::default_deny;
use super::isolation::KINDS;
use super::policies::Direction;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-default-deny-egress",
    title: "namespace does not deny outgoing traffic by default",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| default_deny::judge(findings, Direction::Egress)),
};
