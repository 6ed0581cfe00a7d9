//! # What it does
//! Finds API servers that take cipher suites without forward secrecy or authenticated
//! encryption, or that leave the choice to the default.
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

use super::flags::{API_SERVER, PODS, Verdict, examine};
use super::suites::is_strong;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-weak-ciphers",
    title: "API server takes weak ciphers",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            const SUITES: &str = "--tls-cipher-suites";
            let suites = flags.list(SUITES);
            let only_new = flags.value("--tls-min-version").as_deref() == Some("VersionTLS13");
            if only_new || (!suites.is_empty() && suites.iter().all(|suite| is_strong(suite))) {
                return Verdict::Holds;
            }
            flags.fault(SUITES, "- --tls-min-version=VersionTLS13")
        });
    }),
};
