//! # What it does
//! Asks of each EncryptionConfiguration what the API server asks before it writes a
//! Secret: which entry speaks of `secrets`, and what its first provider is. Nothing and
//! `identity` mean plaintext.
//!
//! # Why it matters
//! The configuration looks like encryption and is none: every password lies in etcd, in
//! its backups and on its disk as it is.
//!
//! # What to do
//! Put a provider that encrypts first, restart each API server, then write all Secrets
//! anew. `cloister harden encryption-config` writes the file and the steps.
//!
//! # References
//! CIS 1.2.27, 1.2.28. GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at
//! Rest".

use cloister_encryption::at_rest::{Configuration, GroupResource};
use cloister_model::{Place, Severity};

use super::at_rest::{NEEDS, each_configuration};
use crate::Check;

const FIX: &str = "resources:\n  - resources: [secrets]\n    providers:\n      - secretbox:\n          keys:\n            - name: KEY-NAME\n              secret: BASE64-OF-32-RANDOM-BYTES\n      - identity: {}";

pub(crate) const CHECK: Check = Check {
    name: "secrets-written-in-clear",
    title: "the encryption configuration leaves Secrets in the clear",
    severity: Severity::High,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let stored = configuration.stored(GroupResource::SECRETS);
        match stored.writer() {
            None => {
                let message = "no entry speaks of secrets, so that they are written in the clear";
                findings.report(Place::whole(resource).at("resources")).message(message).fix(FIX);
            }
            Some(first) if !stored.is_encrypted() => {
                let message = "the first provider of secrets is identity, so that they are written in the clear";
                findings.report(configuration.place(first.node).at("identity")).message(message).fix(FIX);
            }
            Some(_) => {}
        }
    }),
};
