//! # What it does
//! Finds etcd that makes the certificates for its peers at start.
//!
//! # Why it matters
//! Nobody can verify them, so a stranger can pose as a member.
//!
//! # What to do
//! Remove `--peer-auto-tls`; set `--peer-cert-file` and `--peer-key-file`.
//!
//! # References
//! CIS 2.6. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{ETCD, PODS, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-self-made-peer-certificates",
    title: "etcd members show certificates that they made themselves",
    severity: Severity::Medium,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| etcd(flags, |flags| flags.switch("--peer-auto-tls", false)));
    }),
};
