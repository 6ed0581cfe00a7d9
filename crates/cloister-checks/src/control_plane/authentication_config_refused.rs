//! # What it does
//! Judges each AuthenticationConfiguration as the API server does when it starts: fields,
//! addresses and audiences of issuers, mappings and rules with their CEL, anonymous
//! requests, and flags that say the same.
//!
//! # Why it matters
//! The server does not start with it; one that reloads the file keeps the old one, and
//! an issuer that was to be shut out stays in.
//!
//! # What to do
//! Correct the value that the finding names.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes 1.37, `ValidateAuthenticationConfiguration`.

use cloister_authentication::Configuration;
use cloister_model::Severity;

use super::issuers::{NEEDS, each_configuration, servers};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "authentication-config-refused",
    title: "the API server refuses the authentication configuration",
    severity: Severity::High,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let mut told = Vec::new();
        for server in servers(findings.inventory(), resource) {
            for fault in Configuration::of(resource).faults(&server) {
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
