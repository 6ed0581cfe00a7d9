//! # What it does
//! Reads the client certificates in kubeconfigs, and finds those that are no program's of
//! the cluster: people sign in by them.
//!
//! # Why it matters
//! A certificate cannot be taken back, knows no second factor, and its groups stay as
//! they were when it was made, whatever became of the person.
//!
//! # What to do
//! Let people sign in at an issuer of OpenID Connect: `cloister harden authentication`
//! writes the configuration.
//!
//! # References
//! CIS 3.1.1. GDPR Art. 32(1)(b), 32(4).

use cloister_model::Severity;

use super::kubeconfigs::{NEEDS, each_kubeconfig, is_component, users};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "client-certificate-of-person",
    title: "a person signs in with a client certificate",
    severity: Severity::Low,
    needs: NEEDS,
    run: each_kubeconfig(|resource, findings| {
        let mut any = false;
        for user in users(resource) {
            any = true;
            if user.certificate.as_ref().is_some_and(|certificate| !is_component(certificate)) {
                let message = format!("user \"{}\" signs in with a client certificate", user.name);
                findings.report(user.place.at("client-certificate-data")).message(message);
            }
        }
        if !any {
            findings.not_applicable();
        }
    }),
};
