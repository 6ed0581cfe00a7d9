//! # What it does
//! Finds pods and containers that switch AppArmor off, in their fields or in the
//! older annotations.
//!
//! # Why it matters
//! The runtime's AppArmor profile denies writing to `/proc` and `/sys` and
//! mounting. Without it, one mistake in the kernel or in the configuration is
//! enough to leave the container.
//!
//! # What to do
//! Remove the setting, or set the type `RuntimeDefault` or `Localhost`.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "AppArmor".

use cloister_inventory::Pod;
use cloister_model::Severity;

use super::levels::levels;
use crate::{Check, Findings, Run};

const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

pub(crate) const CHECK: Check = Check {
    name: "apparmor-profile-disabled",
    title: "AppArmor is switched off",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for level in levels(pod) {
            let Some(profile) = level.field("appArmorProfile") else { continue };
            let kind = profile.str_at("type").unwrap_or("");
            if !matches!(kind, "RuntimeDefault" | "Localhost") {
                level
                    .report(findings, "securityContext/appArmorProfile/type")
                    .message(format!("{} sets the AppArmor profile to \"{kind}\"", level.who()))
                    .fix("securityContext:\n  appArmorProfile:\n    type: RuntimeDefault");
            }
        }
        annotations(pod, findings);
    }),
};

/// Annotations count whatever container they name, existing or not.
fn annotations(pod: &Pod<'_>, findings: &mut Findings<'_>) {
    for entry in pod.template.entries_at("metadata/annotations") {
        let Some(container) = entry.key.strip_prefix(ANNOTATION) else { continue };
        let profile = entry.node.as_str().unwrap_or("");
        if !profile.is_empty() && profile != "runtime/default" && !profile.starts_with("localhost/") {
            findings
                .report(pod.place(&entry.node))
                .message(format!("an annotation sets the AppArmor profile of \"{container}\" to \"{profile}\""))
                .container(container);
        }
    }
}
