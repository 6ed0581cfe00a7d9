//! # What it does
//! Finds pods and containers that switch seccomp off.
//!
//! # Why it matters
//! The runtime's profile keeps some fifty system calls away from a container,
//! among them those that most ways out of a container have used.
//!
//! # What to do
//! Set the type `RuntimeDefault`, or `Localhost` with a profile of your own.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Seccomp". CIS 5.6.2. The
//! annotations of Kubernetes before 1.19 have no effect any more and are not looked at.

use cloister_model::Severity;

use super::levels::levels;
use super::seccomp::is_confined;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "seccomp-unconfined",
    title: "seccomp is switched off",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for level in levels(pod) {
            let Some(profile) = level.field("seccompProfile").filter(|profile| !is_confined(profile)) else {
                continue;
            };
            level
                .report(findings, "securityContext/seccompProfile/type")
                .message(format!(
                    "{} sets the seccomp profile to \"{}\"",
                    level.who(),
                    profile.str_at("type").unwrap_or("")
                ))
                .fix("securityContext:\n  seccompProfile:\n    type: RuntimeDefault");
        }
    }),
};
