//! # What it does
//! Finds API servers that were not told which authority etcd's certificate comes from.
//!
//! # Why it matters
//! Then any authority that the machine trusts will do, or the connection is in the clear: somebody between them can pose as
//! etcd, and every Secret and every change passes there.
//!
//! # What to do
//! Set `--etcd-cafile`.
//!
//! # References
//! CIS 1.2.26. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-trusts-any-etcd",
    title: "API server is not told which authority etcd is verified by",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_for_etcd(&["--etcd-cafile"]));
    }),
};
