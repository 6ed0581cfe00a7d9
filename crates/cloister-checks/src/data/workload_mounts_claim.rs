//! # What it does
//! Tells of workloads that mount a claim which several pods on several nodes may write.
//!
//! # Why it matters
//! A folder that is shared is shared by purposes too; who may read what is decided by
//! file modes alone.
//!
//! # What to do
//! Give each activity its own claim; mount with `readOnly: true` where a workload only
//! reads.
//!
//! # References
//! Kubernetes, "Persistent Volumes", access modes.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "workload-mounts-claim",
    title: "a workload mounts a claim that several may write",
    severity: Severity::Info,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let inventory = findings.seen();
        let mut seen = false;
        for volume in pod.volumes() {
            let Some(name) = volume.str_at("persistentVolumeClaim/claimName") else { continue };
            let Some(claim) = inventory.get("PersistentVolumeClaim", pod.namespace(), name) else { continue };
            seen = true;
            if claim.root.strs_at("spec/accessModes").any(|mode| mode == "ReadWriteMany") {
                findings
                    .report(pod.place(volume))
                    .message(format!("claim \"{name}\" may be written by several workloads at once (ReadWriteMany)"));
            }
        }
        if !seen {
            findings.not_applicable();
        }
    }),
};
