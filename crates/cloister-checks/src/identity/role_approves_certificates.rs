//! # What it does
//! Finds rules that update `certificatesigningrequests/approval`.
//!
//! # Why it matters
//! Who approves certificate requests makes identities: a client certificate for any
//! user, valid until it expires, which cannot be revoked.
//!
//! # What to do
//! Leave approval to the controllers of Kubernetes; name the signers in `resourceNames`
//! of a rule on `signers` for the rest.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.1.11. Kubernetes, "Role Based Access Control Good Practices",
//! CSRs and certificate issuing.

use cloister_model::Severity;

use super::rights::{CHANGES, ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::cluster_wide("certificates.k8s.io", "certificatesigningrequests/approval")];

pub(crate) const CHECK: Check = Check {
    name: "role-approves-certificates",
    title: "role approves certificates",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, CHANGES);
    }),
};
