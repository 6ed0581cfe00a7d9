//! # What it does
//! Finds API servers without a configuration of encryption at rest.
//!
//! # Why it matters
//! Every Secret lies in the clear on the disk of etcd and in each of its backups:
//! passwords of every store, and with them the personal data there.
//!
//! # What to do
//! Set `--encryption-provider-config`, with a KMS provider first; then write all
//! Secrets anew.
//!
//! # References
//! CIS 1.2.27. GDPR Art. 32(1)(a).

use cloister_model::Severity;
use cloister_node::Role;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-encryption",
    title: "Secrets lie in etcd in the clear",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_file("--encryption-provider-config", Role::EncryptionConfig));
    }),
};
