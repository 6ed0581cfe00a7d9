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

use super::issuers::{NEEDS, each_configuration, server};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "authentication-config-refused",
    title: "the API server refuses the authentication configuration",
    severity: Severity::High,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        for fault in Configuration::of(resource).faults(&server(findings.inventory())) {
            findings.report(fault.place).message(format!("the API server refuses it: {}", fault.cause));
        }
    }),
};
