//! # What it does
//! Finds entries of an EncryptionConfiguration that write by `aescbc`.
//!
//! # Why it matters
//! AES-CBC does not notice changes: whoever can write to etcd and sees which values the
//! server refuses can read others byte by byte (padding oracle).
//!
//! # What to do
//! Put KMS v2 or `secretbox` first and leave `aescbc` behind it, until everything is
//! written anew.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at Rest", providers.

use cloister_encryption::at_rest::{Configuration, Kind};
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration, writers};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-by-aescbc",
    title: "data are encrypted by a provider that does not notice changes",
    severity: Severity::Low,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        writers(
            &Configuration::of(resource),
            findings,
            |kind| kind == Kind::AesCbc,
            |names| format!("{names} are encrypted by aescbc, which does not notice changes (padding oracle)"),
        );
    }),
};
