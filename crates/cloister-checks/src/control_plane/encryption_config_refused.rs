//! # What it does
//! Judges each EncryptionConfiguration as the API server does when it starts: fields,
//! names of resources, entries that earlier ones cover, providers, lengths of keys,
//! plug-ins and their protocol.
//!
//! # Why it matters
//! The server does not start with it; one that reloads the file keeps the old one, and
//! a key that was to be taken out of use stays in use.
//!
//! # What to do
//! Correct the value that the finding names.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes 1.37, `ValidateEncryptionConfiguration`.

use cloister_encryption::at_rest::Configuration;
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration, servers};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-config-refused",
    title: "the API server refuses the encryption configuration",
    severity: Severity::High,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let mut told = Vec::new();
        for server in servers(findings.inventory(), resource) {
            for fault in Configuration::of(resource).faults(server) {
                // Several servers may refuse the same.
                let message = format!("the API server refuses it: {}", fault.cause);
                if !told.contains(&message) {
                    findings.report(fault.place).message(message.clone());
                    told.push(message);
                }
            }
        }
    }),
};
