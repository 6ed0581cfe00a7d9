//! # What it does
//! Finds EncryptionConfigurations that encrypt Secrets and still list `identity` for
//! them: what was stored before is read in the clear, and may still lie so.
//!
//! # Why it matters
//! A provider changes what is written from now on. Secrets that nobody has changed since
//! stay in etcd as they were; and whoever writes to etcd can put plaintext in, unnoticed.
//!
//! # What to do
//! Write everything anew (`kubectl get secrets -A -o json | kubectl replace -f -`), then
//! remove `identity`, and restart each API server. A Secret that then cannot be read was
//! still in the clear: put `identity` back, and write it anew.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at Rest", "Ensure all
//! Secrets are encrypted".

use cloister_encryption::at_rest::{Configuration, GroupResource};
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-clear-still-accepted",
    title: "Secrets from before the encryption may still lie in the clear",
    severity: Severity::Low,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let stored = configuration.stored(GroupResource::SECRETS);
        if !stored.is_encrypted() {
            return findings.not_applicable();
        }
        if let Some(identity) = stored.reads_clear() {
            findings.report(configuration.place(identity.node).at("identity"));
        }
    }),
};
