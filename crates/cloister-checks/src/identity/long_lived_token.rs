//! # What it does
//! Finds Secrets of the type `kubernetes.io/service-account-token`.
//!
//! # Why it matters
//! Such a token is valid until somebody deletes it, from anywhere, for whoever copied
//! it once from a backup or a log.
//!
//! # What to do
//! Delete the Secret. Pods get short-lived tokens by themselves; others ask for one:
//! `kubectl create token`.
//!
//! # References
//! Kubernetes, "Service Accounts", manually created tokens. GDPR Art. 32(1)(b).

use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "long-lived-token",
    title: "a service account token never expires",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Secret"], |secret, findings| {
        if secret.root.str_at("type") == Some("kubernetes.io/service-account-token") {
            let account = secret.annotation("kubernetes.io/service-account.name").unwrap_or("default");
            findings.report(Place::whole(secret).at("type")).message(format!(
                "Secret \"{}\" is a token of service account \"{account}\" without an end",
                secret.name
            ));
        }
    }),
};
