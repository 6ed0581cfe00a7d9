//! # What it does
//! Finds etcd with cipher suites in `--cipher-suites` that lack forward secrecy or authenticated encryption. Where
//! none are listed, Go's own choice is not called weak; `--tls-min-version=TLS1.3` leaves none of them in force.
//!
//! # Why it matters
//! etcd sends every Secret and every object. A listener who records it reads it all when the key leaks.
//!
//! # What to do
//! List suites with ECDHE and GCM or ChaCha20 only, or none.
//!
//! # References
//! GDPR Art. 32(1)(a). etcd documentation, "Transport security model". RFC 9325 section 4.2.

use cloister_model::Severity;

use super::flags::{ETCD, PODS, Verdict, etcd, examine};
use crate::{Check, Need, Run};

/// As in `api-server-weak-ciphers`.
fn is_strong(suite: &str) -> bool {
    let ephemeral = ["TLS_AES_", "TLS_CHACHA20_", "TLS_ECDHE_"].iter().any(|start| suite.starts_with(start));
    ephemeral && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))
}

pub(crate) const CHECK: Check = Check {
    name: "etcd-weak-ciphers",
    title: "etcd takes weak ciphers",
    severity: Severity::Medium,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| {
            etcd(flags, |flags| {
                const SUITES: &str = "--cipher-suites";
                let only_new = flags.value("--tls-min-version").as_deref() == Some("TLS1.3");
                let listed = flags.value(SUITES).unwrap_or_default();
                let weak = listed.split(',').map(str::trim).any(|suite| !suite.is_empty() && !is_strong(suite));
                if weak && !only_new {
                    flags.fault(SUITES, "- --cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
                } else {
                    Verdict::Holds
                }
            })
        });
    }),
};
