//! # What it does
//! Finds entries of an EncryptionConfiguration for anything but Secrets whose first
//! provider is `identity` although others follow.
//!
//! # Why it matters
//! The first provider writes, the others only read. Whoever sees the key below believes
//! that the data are encrypted.
//!
//! # What to do
//! Move the provider that encrypts before `identity`, restart each API server, and write
//! the resources anew. An entry with `identity` alone says openly that nothing is
//! encrypted, and is not found.
//!
//! # References
//! CIS 1.2.28. GDPR Art. 32(1)(a).

use cloister_encryption::at_rest::{Configuration, GroupResource, Kind};
use cloister_model::Severity;

use super::at_rest::{NEEDS, each_configuration, names};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "encryption-identity-first",
    title: "identity stands before the provider that encrypts",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let secrets = configuration.stored(GroupResource::SECRETS).rules;
        let others = configuration.rules.iter().filter(|rule| !secrets.iter().any(|own| std::ptr::eq(*own, *rule)));
        for rule in others {
            if let [first, _, ..] = rule.providers.as_slice()
                && first.kind == Kind::Identity
            {
                findings
                    .report(configuration.place(first.node).at("identity"))
                    .message(format!("{} are written in the clear: identity stands first", names(rule)));
            }
        }
    }),
};
