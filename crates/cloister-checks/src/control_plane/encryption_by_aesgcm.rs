//! # What it does
//! Finds entries of an EncryptionConfiguration that write by `aesgcm`.
//!
//! # Why it matters
//! Its nonce is random: after some 200,000 writes by one key two values may share it,
//! and then both can be read and others forged. Nothing in Kubernetes counts writes or
//! changes the key.
//!
//! # What to do
//! Put KMS v2 or `secretbox` first. Who must keep `aesgcm` changes the key by a program,
//! before 200,000 writes.
//!
//! # References
//! CIS 1.2.28. GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at Rest",
//! providers.

use cloister_encryption::at_rest::{Configuration, Kind};
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration, writers};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-by-aesgcm",
    title: "data are encrypted by a provider whose key wears out",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        writers(
            &Configuration::of(resource),
            findings,
            |kind| kind == Kind::AesGcm,
            |names| format!("{names} are encrypted by aesgcm, whose key wears out after 200,000 writes"),
        );
    }),
};
