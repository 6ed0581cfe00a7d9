//! # What it does
//! Finds Secrets of the type `bootstrap.kubernetes.io/token`: in files always, in a
//! cluster when they do not expire.
//!
//! # Why it matters
//! Who holds the token can join a machine to the cluster, which is then given pods, and
//! their data.
//!
//! # What to do
//! Create a token when a node is to join, let it expire within a day, and keep it out
//! of files.
//!
//! # References
//! Kubernetes, "Authenticating with Bootstrap Tokens". GDPR Art. 32(1)(b).

use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "bootstrap-token",
    title: "a bootstrap token lies about",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Secret"], |secret, findings| {
        if secret.root.str_at("type") != Some("bootstrap.kubernetes.io/token") {
            return;
        }
        let expires = ["data/expiration", "stringData/expiration"].iter().any(|path| secret.root.at(path).is_some());
        if !expires || findings.inventory().inputs().files {
            let fault = if expires { "is written in a file" } else { "never expires" };
            findings
                .report(Place::whole(secret).at("type"))
                .message(format!("bootstrap token \"{}\" {fault}", secret.name));
        }
    }),
};
