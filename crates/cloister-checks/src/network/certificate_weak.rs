//! # What it does
//! Finds certificates in TLS Secrets with a key below 112 bits of security (RSA below 2048 bits, curves below
//! 224), or signed over MD5 or SHA-1. The signature of a root is not asked for: nobody relies on it.
//!
//! # Why it matters
//! Who can work out the key, or make a second certificate with the same signature, stands in the middle unseen.
//!
//! # What to do
//! Issue one with ECDSA P-256, Ed25519 or RSA 2048 and more, signed over SHA-256 or better.
//!
//! # References
//! GDPR Art. 32(1)(a). NIST SP 800-57 part 1, table 2; NIST SP 800-131A. RFC 9155.

use cloister_model::Severity;

use super::certificates::{kept, title};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-weak",
    title: "certificate has a weak key or signature",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Secret"], |secret, findings| {
        let Some(kept) = kept(secret).filter(|kept| !kept.bundle.certificates.is_empty()) else {
            return findings.not_applicable();
        };
        for own in &kept.bundle.certificates {
            let told = if own.key.is_weak() {
                format!("has a short key: {}", own.key)
            } else if own.has_weak_signature() {
                format!("is signed with {}", own.signature)
            } else {
                continue;
            };
            let message = format!("certificate for {} in Secret \"{}\" {told}", title(own), secret.name);
            findings.report(kept.place).message(message);
        }
    }),
};
