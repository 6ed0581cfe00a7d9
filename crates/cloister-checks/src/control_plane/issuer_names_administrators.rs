//! # What it does
//! Makes up a token for each issuer of an AuthenticationConfiguration and follows it
//! through its mappings and rules, CEL included: may it call somebody a member of
//! `system:masters` or `system:nodes`, or a controller of the cluster?
//!
//! # Why it matters
//! `system:masters` may do everything, and no policy can take that away. Whoever runs
//! the issuer, or may write groups there, then owns the cluster.
//!
//! # What to do
//! Give names a prefix, or refuse reserved ones: `userValidationRules` with
//! `!user.username.startsWith("system:")` and
//! `user.groups.all(group, !group.startsWith("system:"))`.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). CIS 5.1.7. Kubernetes, "Authenticating", structured
//! authentication configuration.

use cloister_model::Severity;

use super::issuers::{NEEDS, administrators, each_configuration, issuers};
use crate::Check;

const FIX: &str = "userValidationRules:\n  - expression: '!user.username.startsWith(\"system:\")'\n    message: names of the system are reserved\n  - expression: 'user.groups.all(group, !group.startsWith(\"system:\"))'\n    message: groups of the system are reserved";

pub(crate) const CHECK: Check = Check {
    name: "issuer-names-administrators",
    title: "an issuer may call anybody an administrator",
    severity: Severity::High,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let issuers = issuers(resource);
        if issuers.is_empty() {
            return findings.not_applicable();
        }
        for (issuer, place) in &issuers {
            for named in administrators(issuer) {
                let place = place.at("claimMappings").at(named.mapping);
                let message = format!("{} may call anybody {} ({})", issuer.url, named.name, named.token);
                findings.report(place).message(message).fix(FIX);
            }
        }
    }),
};
