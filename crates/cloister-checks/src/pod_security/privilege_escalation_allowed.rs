//! # What it does
//! Finds containers whose processes may gain more privileges than they start with.
//!
//! # Why it matters
//! A program with the set-user-ID bit, such as `sudo`, turns a break-in as an
//! ordinary user into one as root of the container.
//!
//! # What to do
//! Set `allowPrivilegeEscalation: false`; it has no cost.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, restricted, "Privilege Escalation". CIS
//! 5.2.6. Absent means allowed. Windows pods (`os.name: windows`) are exempt.

use cloister_model::{Node, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "privilege-escalation-allowed",
    title: "container may gain privileges",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.pod.is_windows() {
            return findings.not_applicable();
        }
        if container.own_security("allowPrivilegeEscalation").and_then(Node::as_bool) != Some(false) {
            findings
                .report(container.at("securityContext/allowPrivilegeEscalation"))
                .message(format!("container \"{}\" may gain privileges", container.name()))
                .fix("securityContext:\n  allowPrivilegeEscalation: false");
        }
    }),
};
