//! # What it does
//! Finds Secret volumes whose files every user in the container may write, or execute,
//! or whose mode is wider than the default.
//!
//! # Why it matters
//! Tools that look for keys refuse files that others may write; a second process with
//! another user has no business there.
//!
//! # What to do
//! Set `defaultMode: 0400`, or 0440 with `fsGroup`.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-file-world-readable",
    title: "files of a Secret are wider open than by default",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let mut secrets = 0;
        for volume in pod.volumes() {
            for (holder, path) in [("secret", "secret/defaultMode"), ("projected", "projected/defaultMode")] {
                if volume.get(holder).is_none() {
                    continue;
                }
                secrets += 1;
                // The default is 0644: wider than that is somebody's choice.
                if let Some(node) = volume
                    .at(path)
                    .filter(|node| node.as_int().is_some_and(|mode| mode & !0o644 & 0o777 & !0o400 & !0o440 != 0))
                {
                    let mode = node.as_int().unwrap_or_default();
                    let says =
                        format!("files of the volume \"{}\" have mode {mode:04o}", volume.str_at("name").unwrap_or(""));
                    findings.report(pod.place(node)).message(says).fix("defaultMode: 0400");
                }
            }
        }
        if secrets == 0 {
            findings.not_applicable();
        }
    }),
};
