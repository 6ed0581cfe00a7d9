//! # What it does
//! Finds nodes on which the folder of the cluster's keys, or a file in it, does not belong to
//! root.
//!
//! # Why it matters
//! Whoever owns a key of the cluster's authority makes himself any user, an administrator
//! too, and nothing in the cluster can tell.
//!
//! # What to do
//! `chown -R root:root /etc/kubernetes/pki`, and find out what changed it.
//!
//! # References
//! CIS 1.1.19. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "pki-foreign-owner",
    title: "Keys of the cluster do not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| {
        let roles = [Role::PkiFolder, Role::PkiCertificate, Role::PkiKey];
        files::owners(resource, findings, &roles);
    }),
};
