//! # What it does
//! Finds API servers that take cipher suites without forward secrecy or authenticated
//! encryption: those that are listed, or by default those of Go, which hold CBC.
//!
//! # Why it matters
//! A listener who records traffic today reads it when the key leaks; suites with CBC
//! have been broken before.
//!
//! # What to do
//! Set `--tls-min-version=VersionTLS13`, or list suites with ECDHE and GCM or ChaCha20
//! in `--tls-cipher-suites`.
//!
//! # References
//! CIS 1.2.29. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use super::suites::weak_suites;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-weak-ciphers",
    title: "API server takes weak ciphers",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            weak_suites(flags, "--tls-cipher-suites", "- --tls-min-version=VersionTLS13")
        });
    }),
};
