//! # What it does
//! Finds API servers that let requests without credentials reach the authoriser.
//!
//! # Why it matters
//! Whoever reaches the port may then ask as `system:anonymous`; one careless binding is
//! enough to read.
//!
//! # What to do
//! Set `--anonymous-auth=false`, or allow single paths in a file named by
//! `--authentication-config`.
//!
//! # References
//! CIS 1.2.1. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-anonymous-requests",
    title: "API server answers requests without credentials",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            if flags.is_set("--authentication-config") && flags.last("--anonymous-auth").is_none() {
                return Verdict::NotApplicable;
            }
            flags.switch("--anonymous-auth", false, true)
        });
    }),
};
