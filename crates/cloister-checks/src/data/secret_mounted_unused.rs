//! # What it does
//! Finds volumes with a Secret that no container mounts.
//!
//! # Why it matters
//! The kubelet fetches the Secret for the pod all the same: whoever may make such pods
//! may read it, and nobody misses it.
//!
//! # What to do
//! Remove the volume.
//!
//! # References
//! GDPR Art. 5(1)(c), 25(2).

use cloister_model::Severity;

use cloister_model::Node;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-mounted-unused",
    title: "Secret volume is mounted by no container",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let secrets: Vec<_> = pod.volumes().iter().filter(|volume| holds_secret(volume)).collect();
        if secrets.is_empty() {
            return findings.not_applicable();
        }
        for volume in secrets {
            let name = volume.str_at("name").unwrap_or("");
            let mounted = pod.containers().any(|container| {
                container.node.items_at("volumeMounts").iter().any(|mount| mount.str_at("name") == Some(name))
            });
            if !mounted {
                findings.report(pod.place(volume)).message(format!("no container mounts the Secret volume \"{name}\""));
            }
        }
    }),
};

fn holds_secret(volume: &Node) -> bool {
    volume.get("secret").is_some()
        || volume.items_at("projected/sources").iter().any(|source| source.get("secret").is_some())
}
