//! # What it does
//! Finds providers of an EncryptionConfiguration that speak KMS v1.
//!
//! # Why it matters
//! KMS v1 is deprecated since Kubernetes 1.28 and off since 1.29: a server starts with it
//! only by a feature gate, asks the plug-in for every single value, and shows no change
//! of keys.
//!
//! # What to do
//! Add the same plug-in with `apiVersion: v2` as the first provider, write all resources
//! anew, then remove the old one and the feature gate.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes, "Using a KMS provider for data encryption".

use cloister_encryption::at_rest::{Configuration, Kind};
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-by-kms-v1",
    title: "a KMS plug-in speaks the old protocol",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let providers = configuration.rules.iter().flat_map(|rule| &rule.providers);
        let mut any = false;
        for provider in providers {
            let Kind::Kms { version, name } = provider.kind else { continue };
            any = true;
            if version == "v1" {
                let place = configuration.place(provider.node).at("kms");
                findings.report(place).message(format!("the plug-in \"{name}\" is of KMS v1")).fix("apiVersion: v2");
            }
        }
        if !any {
            findings.not_applicable();
        }
    }),
};
