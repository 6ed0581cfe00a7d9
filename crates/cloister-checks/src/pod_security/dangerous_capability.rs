//! # What it does
//! Finds containers that add a capability with which a container can be left, or
//! other workloads overheard.
//!
//! # Why it matters
//! Each of them is, by itself or with one known step, as good as root on the node.
//!
//! # What to do
//! Remove the capability. If the work needs it, give the pod a user namespace of
//! its own with `hostUsers: false`, where it only counts inside.
//!
//! # References
//! GDPR Art. 32(1)(b). capabilities(7). NSA/CISA Kubernetes Hardening Guidance. MITRE
//! ATT&CK for Containers, T1611. Milder in a user namespace of its own.

use cloister_model::Severity::{self, Critical, High, Medium};

use super::capabilities::{added, canonical};
use super::levels::in_user_namespace;
use crate::{Check, Run};

/// What each capability allows.
const DANGEROUS: [(&str, Severity, &str); 18] = [
    ("ALL", Critical, "do everything that root may"),
    ("BPF", High, "read kernel memory by way of BPF programs"),
    ("CHECKPOINT_RESTORE", High, "read and replace other processes"),
    ("DAC_READ_SEARCH", Critical, "open any file of the node by its handle"),
    ("LINUX_IMMUTABLE", Medium, "lock files against change, and unlock them"),
    ("MAC_ADMIN", High, "change the rules of SELinux and AppArmor"),
    ("MAC_OVERRIDE", High, "pass over the rules of SELinux and AppArmor"),
    ("NET_ADMIN", High, "change routes and firewalls, and read traffic"),
    ("NET_RAW", Medium, "forge packets of others"),
    ("PERFMON", High, "read kernel memory by way of performance counters"),
    ("SETPCAP", Medium, "hand capabilities on to programs it starts"),
    ("SYS_ADMIN", Critical, "mount file systems and much else: root in all but name"),
    ("SYS_BOOT", High, "restart the node, or load another kernel"),
    ("SYS_MODULE", Critical, "load code into the node's kernel"),
    ("SYS_PTRACE", High, "read the memory of other processes"),
    ("SYS_RAWIO", Critical, "write to the node's memory and disks"),
    ("SYS_TIME", Medium, "set the node's clock, by which logs and certificates go"),
    ("SYSLOG", Medium, "read the kernel's log and addresses"),
];

pub(crate) const CHECK: Check = Check {
    name: "dangerous-capability",
    title: "container adds a capability that opens the node",
    severity: High,
    needs: &[],
    run: Run::Container(|container, findings| {
        for (name, item) in added(container) {
            let known = canonical(name);
            let Some((_, severity, what)) = DANGEROUS.iter().find(|(name, _, _)| *name == known) else { continue };
            let inside = in_user_namespace(&container.pod);
            findings
                .report(container.place(item))
                .message(format!("container \"{}\" adds the capability {name}: it may {what}", container.name()))
                .severity(if inside { Severity::Low } else { *severity });
        }
    }),
};
