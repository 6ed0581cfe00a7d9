//! # What it does
//! Finds pods that set a kernel parameter beyond the safe ones.
//!
//! # Why it matters
//! An unsafe parameter switches protection off, or changes the node for every pod
//! on it.
//!
//! # What to do
//! Remove the parameter; set what the whole node needs on the node.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Sysctls", with what Kubernetes
//! 1.37 holds for safe.

use cloister_model::Severity;

use crate::{Check, Run};

/// Safe parameters, with the version of Kubernetes that added them to the standard.
const SAFE: [&str; 14] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    // 1.27
    "net.ipv4.ip_local_reserved_ports",
    // 1.29
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    // 1.32
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    // 1.37
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_notsent_lowat",
];

pub(crate) const CHECK: Check = Check {
    name: "unsafe-sysctl",
    title: "pod sets an unsafe kernel parameter",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for sysctl in pod.spec.items_at("securityContext/sysctls") {
            let name = sysctl.str_at("name").unwrap_or("");
            if !SAFE.contains(&name) {
                findings
                    .report(pod.place(sysctl).at("name"))
                    .message(format!("the pod sets the unsafe kernel parameter \"{name}\""));
            }
        }
    }),
};
