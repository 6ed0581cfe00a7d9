//! # What it does
//! Finds volumes of Secrets that no container of the pod mounts.
//!
//! # Why it matters
//! The node keeps the values for a pod that has no use for them (Art. 25(2): only what
//! is necessary), and the next container that is added may mount them.
//!
//! # What to do
//! Delete the volume.
//!
//! # References
//! GDPR Art. 5(1)(c), 32(1)(b).

use cloister_model::{Node, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-mounted-unused",
    title: "a Secret is mounted for no container",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let mut seen = false;
        for volume in pod.volumes() {
            let Some(name) = secret_of(volume) else { continue };
            seen = true;
            let volume_name = volume.str_at("name").unwrap_or("");
            let used = pod.containers().any(|container| {
                container.node.items_at("volumeMounts").iter().any(|mount| mount.str_at("name") == Some(volume_name))
            });
            if !used {
                findings
                    .report(pod.place(volume))
                    .message(format!("volume \"{volume_name}\" brings Secret \"{name}\" and no container mounts it"));
            }
        }
        if !seen {
            findings.not_applicable();
        }
    }),
};

/// The Secret that a volume brings, by itself or among projected sources.
fn secret_of(volume: &Node) -> Option<&str> {
    let projected = volume.items_at("projected/sources").iter().find_map(|source| source.str_at("secret/name"));
    volume.str_at("secret/secretName").or(projected)
}
