//! # What it does
//! Finds etcd without a certificate and key of its own for its clients.
//!
//! # Why it matters
//! Every Secret and every object passes the wire in the clear, or under a certificate that etcd made for itself
//! (`--auto-tls`) and no client can verify.
//!
//! # What to do
//! Set `--cert-file` and `--key-file`.
//!
//! # References
//! CIS 2.1. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{ETCD, PODS, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-without-tls",
    title: "etcd serves its clients without a certificate of its own",
    severity: Severity::High,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| etcd(flags, |flags| flags.needs(&["--cert-file", "--key-file"])));
    }),
};
