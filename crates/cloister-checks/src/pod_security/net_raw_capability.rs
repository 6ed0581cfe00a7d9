//! # What it does
//! Finds containers that keep the capability `NET_RAW`.
//!
//! # Why it matters
//! It comes with the default set and lets a process forge packets: answers to name
//! lookups and ARP on its node, and so read what others send.
//!
//! # What to do
//! Drop `ALL`, or at least `NET_RAW`.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.2.8. Windows pods (`os.name: windows`) are exempt.

use cloister_model::Severity;

use super::capabilities::{added, canonical, dropped};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "net-raw-capability",
    title: "container keeps the capability NET_RAW",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.pod.is_windows() {
            return findings.not_applicable();
        }
        let gives = |name: &str| matches!(canonical(name).as_str(), "NET_RAW" | "ALL");
        if let Some((_, item)) = added(container).find(|(name, _)| gives(name)) {
            findings
                .report(container.place(item))
                .message(format!("container \"{}\" adds the capability NET_RAW", container.name()));
        } else if !dropped(container).any(|(name, _)| gives(name)) {
            findings
                .report(container.at("securityContext/capabilities/drop"))
                .message(format!("container \"{}\" keeps the capability NET_RAW", container.name()))
                .fix("securityContext:\n  capabilities:\n    drop: [ALL]");
        }
    }),
};
