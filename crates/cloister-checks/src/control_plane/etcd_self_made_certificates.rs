//! # What it does
//! Finds etcd that makes the certificates for its clients at start.
//!
//! # Why it matters
//! Nobody can verify them, so somebody in between can pose as etcd.
//!
//! # What to do
//! Remove `--auto-tls`; set `--cert-file` and `--key-file`.
//!
//! # References
//! CIS 2.3. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{ETCD, PODS, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-self-made-certificates",
    title: "etcd serves certificates that it made itself",
    severity: Severity::Medium,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| etcd(flags, |flags| flags.switch("--auto-tls", false)));
    }),
};
