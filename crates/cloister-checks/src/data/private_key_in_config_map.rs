//! # What it does
//! Finds private keys (PEM) in ConfigMaps.
//!
//! # Why it matters
//! Who has the key is the server, or reads its traffic; ConfigMaps are readable for
//! many who may not read Secrets.
//!
//! # What to do
//! Move it to a Secret of type `kubernetes.io/tls`, and issue a new key: this one was
//! seen.
//!
//! # References
//! GDPR Art. 32(1)(a) and (b).

use cloister_model::{Place, Severity};

use super::settings::{credentials, texts, within};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "private-key-in-config-map",
    title: "a ConfigMap holds a private key",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        if texts(resource).next().is_none() {
            return findings.not_applicable();
        }
        for (key, node, text) in texts(resource) {
            for one in credentials(key, text).iter().filter(|one| one.kind == "private-key") {
                let place = within(Place::of(resource, node), text, one);
                findings.report(place).message(format!("key \"{key}\" holds a private key"));
            }
        }
    }),
};
