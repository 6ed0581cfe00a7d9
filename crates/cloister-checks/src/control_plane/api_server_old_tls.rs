//! # What it does
//! Finds API servers whose `--tls-min-version` lets TLS 1.0 or 1.1 in. Without the flag TLS 1.2 is the least.
//!
//! # Why it matters
//! Their handshakes rest on MD5 and SHA-1, and their suites on CBC: who stands between reads tokens, Secrets and
//! every object.
//!
//! # What to do
//! Set `--tls-min-version=VersionTLS12`, or `VersionTLS13`.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 8996, "Deprecating TLS 1.0 and TLS 1.1". Kubernetes documentation, "kube-apiserver".

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-old-tls",
    title: "API server accepts TLS 1.0 or 1.1",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            const LEAST: &str = "--tls-min-version";
            match flags.line().tls().least {
                "1.0" | "1.1" => flags.fault(LEAST, "- --tls-min-version=VersionTLS12"),
                _ => Verdict::Holds,
            }
        });
    }),
};
