//! # What it does
//! Finds API servers without a certificate and key of the cluster.
//!
//! # Why it matters
//! Clients cannot verify a certificate that the server makes at each start, and learn
//! to ignore the warning.
//!
//! # What to do
//! Set `--tls-cert-file` and `--tls-private-key-file`.
//!
//! # References
//! CIS 1.2.24. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-certificate",
    title: "API server serves a certificate that it made itself",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs(&["--tls-cert-file", "--tls-private-key-file"]));
    }),
};
