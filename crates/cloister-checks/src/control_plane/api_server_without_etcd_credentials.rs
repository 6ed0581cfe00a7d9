//! # What it does
//! Finds API servers that call etcd without a client certificate.
//!
//! # Why it matters
//! An etcd that takes such calls takes them from anybody: everything in the cluster can
//! be read and changed there.
//!
//! # What to do
//! Set `--etcd-certfile` and `--etcd-keyfile`, and `--client-cert-auth=true` at etcd.
//!
//! # References
//! CIS 1.2.23. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-etcd-credentials",
    title: "API server shows etcd no client certificate",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_for_etcd(&["--etcd-certfile", "--etcd-keyfile"]));
    }),
};
