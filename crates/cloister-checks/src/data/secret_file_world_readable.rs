//! # What it does
//! Finds modes written for the files of a Secret that let every user of a container
//! read them.
//!
//! # Why it matters
//! A process that was taken over under another user id reads the credential all the
//! same.
//!
//! # What to do
//! Write `defaultMode: 0440` (with `fsGroup`) or `0400`.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, SecretVolumeSource.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-file-world-readable",
    title: "the files of a Secret are readable for every user",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let mut seen = false;
        for volume in pod.volumes() {
            let projected = volume.items_at("projected/sources").iter().any(|source| source.get("secret").is_some());
            let holder = if projected { volume.get("projected") } else { volume.get("secret") };
            let Some(holder) = holder.filter(|_| !pod.is_windows()) else { continue };
            seen = true;
            let items = holder.items_at("items").iter();
            let sources = holder.items_at("sources").iter().filter_map(|source| source.get("secret"));
            let inner = sources.flat_map(|secret| secret.items_at("items"));
            let modes = items.chain(inner).filter_map(|item| item.get("mode"));
            for mode in holder.get("defaultMode").into_iter().chain(modes) {
                if let Some(bits) = mode.as_int().filter(|bits| bits & 0o004 != 0) {
                    findings
                        .report(pod.place(mode))
                        .message(format!(
                            "volume \"{}\": mode {bits:04o} lets every user of the container read the Secret",
                            volume.str_at("name").unwrap_or("")
                        ))
                        .fix("defaultMode: 0440");
                }
            }
        }
        if !seen {
            findings.not_applicable();
        }
    }),
};
