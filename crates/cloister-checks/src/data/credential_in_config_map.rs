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

use cloister_model::{Place, Severity};

use super::settings::{credentials, texts, within};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "credential-in-config-map",
    title: "a ConfigMap holds a credential",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        if texts(resource).next().is_none() {
            return findings.not_applicable();
        }
        for (key, node, text) in texts(resource) {
            // A private key has its own check.
            for one in credentials(key, text).iter().filter(|one| one.kind != "private-key") {
                let place = within(Place::of(resource, node), text, one);
                let note = if one.test_data { "; it looks like an example" } else { "" };
                findings.report(place).message(format!("key \"{key}\" holds {} ({}){note}", one.title, one.masked));
            }
        }
    }),
};
