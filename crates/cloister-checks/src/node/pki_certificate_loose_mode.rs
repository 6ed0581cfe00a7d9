//! # What it does
//! Finds nodes on which a certificate in the cluster's folder of keys has a mode that gives more
//! than 644.
//!
//! # Why it matters
//! Whoever writes the certificate of an authority adds his own: the cluster then trusts
//! whomever he signs for.
//!
//! # What to do
//! `chmod 644` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.20. GDPR Art. 32(1)(a) and (b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "pki-certificate-loose-mode",
    title: "A certificate of the cluster can be written by others",
    severity: Severity::Medium,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::PkiCertificate, 0o644)),
};
