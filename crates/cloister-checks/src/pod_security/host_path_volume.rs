//! # What it does
//! Finds pods that mount a directory or file of their node.
//!
//! # Why it matters
//! The node's files belong to all pods on it: logs, volumes, the kubelet's own
//! credentials. What a pod leaves there outlives it, and no backup or deletion
//! rule of the workload reaches it.
//!
//! # What to do
//! Use a PersistentVolumeClaim, a ConfigMap, a Secret or an `emptyDir`.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "HostPath Volumes". CIS 5.2.11.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-path-volume",
    title: "pod mounts a path of its node",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for volume in pod.volumes().iter().filter(|volume| volume.get("hostPath").is_some()) {
            findings.report(pod.place(volume).at("hostPath/path")).message(format!(
                "volume \"{}\" is the path {} of the node",
                volume.str_at("name").unwrap_or(""),
                volume.str_at("hostPath/path").unwrap_or("(none given)")
            ));
        }
    }),
};
