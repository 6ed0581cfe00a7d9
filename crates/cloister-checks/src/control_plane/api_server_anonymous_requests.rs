//! # What it does
//! Finds API servers that let requests without credentials reach the authoriser.
//!
//! # Why it matters
//! Whoever reaches the port may then ask as `system:anonymous`; one careless binding is
//! enough to read.
//!
//! # What to do
//! Set `--anonymous-auth=false`, or allow single paths in a file named by
//! `--authentication-config`. A server that allows everything (`AlwaysAllow`, also for want of
//! `--authorization-mode`) takes no such requests, whatever the flag says: it is
//! `api-server-allows-everything` that is to be mended there.
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
        let known = findings.inventory().has_kind("AuthenticationConfiguration");
        let silent =
            findings.inventory().of_kind("AuthenticationConfiguration").any(|it| it.root.get("anonymous").is_none());
        examine(API_SERVER, findings, |flags| {
            let file = flags.is_set("--authentication-config") && !flags.is_written("--anonymous-auth");
            // The file decides where it speaks of them, and is another check's; unread, it may.
            if file && !silent {
                return if known { Verdict::NotApplicable } else { Verdict::Untold("--authentication-config") };
            }
            // A server that allows everything takes nobody unknown: `ApplyAuthorization` resets the flag.
            let modes = flags.list("--authorization-mode");
            let allows_all = modes.is_empty() || modes.iter().any(|mode| mode == "AlwaysAllow");
            if allows_all && !flags.is_set("--authorization-config") {
                return Verdict::Holds;
            }
            flags.switch("--anonymous-auth", false)
        });
    }),
};
