//! # What it does
//! Finds API servers without an authority that client certificates are checked against.
//!
//! # Why it matters
//! Nodes and controllers then need weaker credentials than a certificate.
//!
//! # What to do
//! Set `--client-ca-file`, or the authorities in a file named by
//! `--authentication-config`.
//!
//! # References
//! CIS 1.2.25. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-client-ca",
    title: "API server has no authority for client certificates",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs(&["--client-ca-file"]));
    }),
};
