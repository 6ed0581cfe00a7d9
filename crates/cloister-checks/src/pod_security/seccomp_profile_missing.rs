//! # What it does
//! Finds containers for which neither they nor their pod choose a seccomp profile.
//!
//! # Why it matters
//! Without a choice most nodes apply no profile: every system call is open, also
//! those that no service needs and attacks do.
//!
//! # What to do
//! Set `seccompProfile.type: RuntimeDefault` once for the pod.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, restricted, "Seccomp". CIS 5.6.2. Windows
//! pods (`os.name: windows`) are exempt, since they have no seccomp.

use cloister_model::Severity;

use super::seccomp::is_confined;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "seccomp-profile-missing",
    title: "container has no seccomp profile",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.pod.is_windows() {
            return findings.not_applicable();
        }
        // A bad choice is a choice: `seccomp-unconfined` reports it.
        let own = container.own_security("seccompProfile").is_some();
        if !own && !container.pod.security("seccompProfile").is_some_and(is_confined) {
            findings
                .report(container.at("securityContext/seccompProfile"))
                .message(format!("container \"{}\" has no seccomp profile", container.name()))
                .fix("securityContext:\n  seccompProfile:\n    type: RuntimeDefault");
        }
    }),
};
