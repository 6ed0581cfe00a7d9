//! # What it does
//! Finds EncryptionConfigurations in which the key that encrypts Secrets stands itself.
//!
//! # Why it matters
//! The key lies on the control plane's disk, mostly beside etcd: whoever gets the disk
//! or a backup of the host has both. It protects backups of etcd alone.
//!
//! # What to do
//! Let a KMS v2 plug-in hold the key, in a key store or a hardware module, that is asked
//! over a socket. Until then keep the file at mode 0600 and out of backups.
//!
//! # References
//! GDPR Art. 32(1)(a). PCI DSS 3.6.1. Kubernetes, "Encrypting Confidential Data at
//! Rest".

use cloister_encryption::at_rest::{Configuration, GroupResource};
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-key-on-node",
    title: "the key that encrypts Secrets lies beside them",
    severity: Severity::Low,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let stored = configuration.stored(GroupResource::SECRETS);
        let Some(writer) = stored.writer().filter(|_| stored.is_encrypted()) else {
            return findings.not_applicable();
        };
        if !writer.keys.is_empty() {
            let kind = writer.kind.field();
            findings
                .report(configuration.place(writer.node).at(kind))
                .message(format!("Secrets are encrypted by {kind}, whose key stands in this file"));
        }
    }),
};
