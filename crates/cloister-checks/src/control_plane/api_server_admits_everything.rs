//! # What it does
//! Finds API servers with the plug-in AlwaysAdmit.
//!
//! # Why it matters
//! The plug-in waves objects through, and was taken out of use for it.
//!
//! # What to do
//! Remove `AlwaysAdmit` from `--enable-admission-plugins`.
//!
//! # References
//! CIS 1.2.10. GDPR Art. 25(1).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-admits-everything",
    title: "API server admits every object",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            if flags.list("--enable-admission-plugins").iter().any(|name| name == "AlwaysAdmit") {
                return flags.fault("--enable-admission-plugins", "");
            }
            Verdict::Holds
        });
    }),
};
