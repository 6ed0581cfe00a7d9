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

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "private-key-in-config-map",
    title: "a ConfigMap holds a private key",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        let texts = findings.texts(resource);
        if texts.is_empty() {
            return findings.not_applicable();
        }
        for text in texts.iter() {
            for one in text.credentials().filter(|one| one.kind == "private-key") {
                findings.report(text.place_of(one)).message(format!("key \"{}\" holds a private key", text.key));
            }
        }
    }),
};
