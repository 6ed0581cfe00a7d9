//! # What it does
//! Finds containers that do not drop all capabilities, or add another than
//! `NET_BIND_SERVICE`.
//!
//! # Why it matters
//! The default set lets a process change the owner of files, become another user
//! and open raw sockets. Hardly a service needs any of it; a break-in does.
//!
//! # What to do
//! Drop `ALL`; add `NET_BIND_SERVICE` if the process listens below 1024.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, restricted, "Capabilities". CIS 5.2.9.
//! Windows pods (`os.name: windows`) are exempt, since they have no capabilities.

use cloister_inventory::Container;
use cloister_model::Severity;

use super::capabilities::{added, dropped};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "capabilities-not-dropped",
    title: "container does not drop all capabilities",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.pod.is_windows() {
            return findings.not_applicable();
        }
        if !dropped(container).any(|(name, _)| name == "ALL") {
            findings
                .report(container.at("securityContext/capabilities/drop"))
                .message(format!("container \"{}\" does not drop all capabilities", container.name()))
                .fix("securityContext:\n  capabilities:\n    drop: [ALL]");
        }
        report_added(container, findings);
    }),
};

fn report_added(container: &Container<'_>, findings: &mut Findings<'_>) {
    for (name, item) in added(container).filter(|(name, _)| *name != "NET_BIND_SERVICE") {
        findings.report(container.place(item)).message(format!(
            "container \"{}\" adds the capability {name}; only NET_BIND_SERVICE may be added",
            container.name()
        ));
    }
}
