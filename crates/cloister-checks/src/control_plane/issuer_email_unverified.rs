//! # What it does
//! Finds issuers of an AuthenticationConfiguration whose claim `email` becomes the user's
//! name without a rule that asks for `email_verified`. The server itself only refuses
//! `false`; a token that does not say it is taken.
//!
//! # Why it matters
//! Where the issuer lets people type their address, whoever types another's is that
//! person here, with all of their rights.
//!
//! # What to do
//! Add a rule: `claims.?email_verified.orValue(false) == true`; or use `sub`.
//!
//! # References
//! GDPR Art. 32(1)(b). OpenID Connect Core 1.0, section 5.7.

use cloister_model::Severity;

use super::issuers::{NEEDS, each_configuration, issuers};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "issuer-email-unverified",
    title: "an address that nobody has verified is a user's name",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let issuers = issuers(resource);
        if issuers.is_empty() {
            return findings.not_applicable();
        }
        for (_, place) in issuers.iter().filter(|(issuer, _)| issuer.takes_unverified_email()) {
            findings
                .report(place.at("claimMappings/username/claim"))
                .fix("claimValidationRules:\n  - expression: 'claims.?email_verified.orValue(false) == true'\n    message: the address is not verified");
        }
    }),
};
