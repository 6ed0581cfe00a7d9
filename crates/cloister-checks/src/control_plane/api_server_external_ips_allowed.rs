//! # What it does
//! Finds API servers without the plug-in DenyServiceExternalIPs.
//!
//! # Why it matters
//! Whoever may write a Service can claim an address and read what others send there
//! (CVE-2020-8554).
//!
//! # What to do
//! Add `DenyServiceExternalIPs` to `--enable-admission-plugins`.
//!
//! # References
//! CIS 1.2.3. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-external-ips-allowed",
    title: "API server lets Services claim any external address",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_plugin("DenyServiceExternalIPs"));
    }),
};
