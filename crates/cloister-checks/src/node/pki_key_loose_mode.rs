//! # What it does
//! Finds nodes on which a private key in the cluster's folder of keys has a mode that gives more
//! than 600.
//!
//! # Why it matters
//! Whoever reads the key of the authority makes himself any user, an administrator too; of the
//! API server's key, answers in its name.
//!
//! # What to do
//! `chmod 600` the file; of a key that others could read, make a new one.
//!
//! # References
//! CIS 1.1.21. GDPR Art. 32(1)(a) and (b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "pki-key-loose-mode",
    title: "A private key of the cluster is open to others",
    severity: Severity::Critical,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::PkiKey, 0o600)),
};
