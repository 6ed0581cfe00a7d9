//! # What it does
//! Reads the flags `--oidc-*` of API servers as the server does, and asks whether the
//! issuer may call somebody a member of `system:masters` or `system:nodes`, or a
//! controller of the cluster: by `--oidc-username-prefix=-`, by the claim `email`
//! without a prefix, or by groups without `--oidc-groups-prefix`.
//!
//! # Why it matters
//! `system:masters` may do everything, and no policy can take that away. Whoever runs
//! the issuer, or may write groups there, then owns the cluster.
//!
//! # What to do
//! Set `--oidc-groups-prefix=oidc:` and `--oidc-username-prefix=oidc:`, and bind the
//! names with it.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). CIS 5.1.7. Kubernetes, "Authenticating", OpenID Connect.

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use super::issuers::{administrators, of_flags};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-oidc-names-administrators",
    title: "the issuer of OpenID Connect may call anybody an administrator",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            let Some(issuer) = of_flags(flags) else { return Verdict::NotApplicable };
            let named = administrators(&issuer);
            let Some(first) = named.first() else { return Verdict::Holds };
            let (flag, shown) = match first.mapping {
                "groups" => ("--oidc-groups-prefix", "--oidc-groups-claim"),
                _ => ("--oidc-username-prefix", "--oidc-username-claim"),
            };
            let at = if flags.is_written(flag) { flag } else { shown };
            Verdict::Fault {
                place: flags.place(at),
                says: format!("{}; {} with {}", first.name, flag, first.token),
                fix: format!("- \"{flag}=oidc:\""),
            }
        });
    }),
};
