//! # What it does
//! Finds TLS Secrets whose `tls.crt` is no certificate: broken, of another kind, or a private key that was put in
//! the wrong place. What a cluster holds there besides certificates is dropped while reading, so that this speaks
//! of files.
//!
//! # Why it matters
//! Controllers fall back to a certificate of their own, which nobody trusts; a key under `tls.crt` is shown to
//! everybody who connects.
//!
//! # What to do
//! Put the certificate with its chain into `tls.crt`, and the key into `tls.key`.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes documentation, "TLS Secrets". RFC 7468.

use cloister_model::Severity;

use super::certificates::kept;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-unreadable",
    title: "TLS Secret holds no readable certificate",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Secret"], |secret, findings| {
        let Some(kept) = kept(secret) else { return findings.not_applicable() };
        if let Some(problem) = kept.bundle.problems.first() {
            let message = format!("tls.crt of Secret \"{}\": {problem}", secret.name);
            findings.report(kept.place).message(message);
        }
    }),
};
