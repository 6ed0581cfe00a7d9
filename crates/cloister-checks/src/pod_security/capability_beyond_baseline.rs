//! # What it does
//! Finds containers that add a capability beyond those a container has anyway.
//!
//! # Why it matters
//! Each of these takes away a part of the wall between container and node: raw
//! sockets, mounts, kernel modules, other processes' memory.
//!
//! # What to do
//! Remove the capability from `add`. A port below 1024 needs only
//! `NET_BIND_SERVICE`, which is allowed.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Capabilities". Names are compared
//! as admission does, letter by letter: `CAP_CHOWN` is not `CHOWN`.

use cloister_model::Severity;

use super::capabilities::added;
use crate::{Check, Run};

/// What the baseline level lets a container add.
const ALLOWED: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

pub(crate) const CHECK: Check = Check {
    name: "capability-beyond-baseline",
    title: "container adds a capability beyond the default set",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| {
        for (name, item) in added(container).filter(|(name, _)| !ALLOWED.contains(name)) {
            findings.report(container.place(item)).message(format!(
                "container \"{}\" adds the capability {name}, beyond the default set",
                container.name()
            ));
        }
    }),
};
