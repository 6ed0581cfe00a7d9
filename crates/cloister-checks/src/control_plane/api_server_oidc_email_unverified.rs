//! # What it does
//! Finds API servers whose flags `--oidc-*` make the claim `email` the user's name
//! without `--oidc-required-claim=email_verified=…`. The server itself only refuses
//! `false`; a token that does not say it is taken.
//!
//! # Why it matters
//! Where the issuer lets people type their address, whoever types another's is that
//! person here, with all of their rights.
//!
//! # What to do
//! Use `sub`; or move to an AuthenticationConfiguration with a rule that asks for
//! `email_verified`.
//!
//! # References
//! GDPR Art. 32(1)(b). OpenID Connect Core 1.0, section 5.7.

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use super::issuers::of_flags;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-oidc-email-unverified",
    title: "an address that nobody has verified is a user's name",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| match of_flags(flags) {
            None => Verdict::NotApplicable,
            Some(issuer) if issuer.takes_unverified_email() => {
                flags.fault("--oidc-username-claim", "- --oidc-username-claim=sub")
            }
            Some(_) => Verdict::Holds,
        });
    }),
};
