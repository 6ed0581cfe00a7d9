//! # What it does
//! Finds etcd that takes cipher suites without forward secrecy or authenticated encryption: those of
//! `--cipher-suites`, or by default those of Go, which hold CBC. `--tls-min-version=TLS1.3` leaves none of them in force.
//!
//! # Why it matters
//! etcd sends every Secret and every object. A listener who records it reads it all when the key leaks.
//!
//! # What to do
//! List suites with ECDHE and GCM or ChaCha20 only, or set `--tls-min-version=TLS1.3`.
//!
//! # References
//! GDPR Art. 32(1)(a). etcd documentation, "Transport security model". RFC 9325 section 4.2.

use cloister_model::Severity;

use super::flags::{ETCD, PODS, etcd, examine};
use super::suites::weak_suites;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-weak-ciphers",
    title: "etcd takes weak ciphers",
    severity: Severity::Low,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| {
            const FIX: &str =
                "- --cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
            etcd(flags, |flags| weak_suites(flags, "--cipher-suites", FIX))
        });
    }),
};
