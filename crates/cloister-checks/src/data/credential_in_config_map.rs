//! # What it does
//! Finds passwords, keys and tokens in ConfigMaps: in single values, and line by line
//! in whole configuration files.
//!
//! # Why it matters
//! ConfigMaps are readable for many who may not read Secrets (the built-in role `view`
//! reads them), are never encrypted apart, and lie in repositories.
//!
//! # What to do
//! Move the value to a Secret, better to a store outside the cluster, and let the file
//! refer to it; then change the credential.
//!
//! # References
//! GDPR Art. 32(1)(a) and (b).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "credential-in-config-map",
    title: "a ConfigMap holds a credential",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        let texts = findings.texts(resource);
        if texts.is_empty() {
            return findings.not_applicable();
        }
        for text in texts.iter() {
            // A private key has its own check.
            for one in text.credentials().filter(|one| one.kind != "private-key") {
                let note = if one.test_data { "; it looks like an example" } else { "" };
                let message = format!("key \"{}\" holds {} ({}){note}", text.key, one.title, one.masked);
                findings.report(text.place_of(one)).message(message);
            }
        }
    }),
};
