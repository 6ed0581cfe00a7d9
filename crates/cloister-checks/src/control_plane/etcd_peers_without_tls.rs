//! # What it does
//! Finds etcd without a certificate and key for its peers.
//!
//! # Why it matters
//! Replication carries every Secret and every object in the clear.
//!
//! # What to do
//! Set `--peer-cert-file` and `--peer-key-file`.
//!
//! # References
//! CIS 2.4. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{ETCD, PODS, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-peers-without-tls",
    title: "etcd members talk to each other without TLS",
    severity: Severity::High,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| etcd(flags, |flags| flags.needs(&["--peer-cert-file", "--peer-key-file"])));
    }),
};
