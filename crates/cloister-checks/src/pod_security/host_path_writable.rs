//! # What it does
//! Finds containers that may write to a path of their node.
//!
//! # Why it matters
//! What is written there outlives the pod and is read by others: by the node's
//! services, or by the next pod. It is the common way to stay on a node.
//!
//! # What to do
//! Add `readOnly: true` to the mount, or use another kind of volume.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK for Containers, T1611 "Escape to Host" and T1543.005
//! "Container Service".

use cloister_model::Severity;

use super::host_paths::{host_paths, mounts_of};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-path-writable",
    title: "container may write to a path of its node",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| {
        let mut mounted = false;
        for host in host_paths(&container.pod) {
            for mount in mounts_of(container, host.name) {
                mounted = true;
                if mount.bool_at("readOnly") != Some(true) {
                    findings
                        .report(container.place(mount).at("readOnly"))
                        .message(format!(
                            "container \"{}\" may write to {} of its node",
                            container.name(),
                            host.written
                        ))
                        .fix("readOnly: true");
                }
            }
        }
        if !mounted {
            findings.not_applicable();
        }
    }),
};
