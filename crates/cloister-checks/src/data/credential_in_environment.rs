//! # What it does
//! Finds literal passwords, keys and tokens in environment variables: by the name of
//! the variable, by the form of the value, and in URLs. Placeholders and values from
//! Secrets are right.
//!
//! # Why it matters
//! A manifest is read by everybody who may read workloads, lies in repositories and in
//! backups, and is never rotated.
//!
//! # What to do
//! Keep the value in a Secret, better in a store outside the cluster, and mount it as a
//! file; then change the credential, since this one was seen.
//!
//! # References
//! GDPR Art. 32(1)(a) and (b).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "credential-in-environment",
    title: "an environment variable holds a credential",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| {
        let settings = findings.settings(container);
        if settings.environment().is_empty() {
            return findings.not_applicable();
        }
        for setting in settings.environment() {
            // Passwords that everybody knows are database-default-password's.
            let found = setting.credentials().find(|one| one.kind != "known-password");
            let Some(one) = found else { continue };
            findings
                .report(setting.place)
                .message(format!(
                    "container \"{}\": variable \"{}\" holds {} ({})",
                    container.name(),
                    setting.name,
                    one.title,
                    one.masked
                ))
                .fix(format!("- name: {}\n  valueFrom:\n    secretKeyRef: {{name: NAME, key: KEY}}", setting.name));
        }
    }),
};
