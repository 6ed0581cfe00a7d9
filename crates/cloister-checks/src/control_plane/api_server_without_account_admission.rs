//! # What it does
//! Finds API servers that turn the plug-in ServiceAccount off.
//!
//! # Why it matters
//! Without it, pods get no account of their own and no short-lived token, and mounted
//! Secrets are not limited by it.
//!
//! # What to do
//! Remove `ServiceAccount` from `--disable-admission-plugins`.
//!
//! # References
//! CIS 1.2.12. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-account-admission",
    title: "API server gives pods no service account",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.keeps_plugin("ServiceAccount"));
    }),
};
