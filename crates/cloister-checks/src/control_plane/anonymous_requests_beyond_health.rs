//! # What it does
//! Finds AuthenticationConfigurations that let requests without credentials through to
//! more than the paths by which others ask whether the server is well: `/livez`,
//! `/readyz` and `/healthz`.
//!
//! # Why it matters
//! Whoever reaches the port asks as `system:anonymous`; one careless binding is enough
//! to read.
//!
//! # What to do
//! Name those paths only, or set `enabled: false`.
//!
//! # References
//! CIS 1.2.1. GDPR Art. 32(1)(b). Kubernetes, "Authenticating", anonymous requests.

use cloister_authentication::Configuration;
use cloister_model::{Place, Severity};

use super::issuers::{NEEDS, each_configuration};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "anonymous-requests-beyond-health",
    title: "requests without credentials reach more than the paths of health",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let Some(anonymous) = Configuration::of(resource).anonymous else { return findings.not_applicable() };
        if anonymous.beyond_health() {
            let place = Place::whole(resource).at("anonymous");
            let place = if anonymous.paths.is_empty() { place.at("enabled") } else { place.at("conditions") };
            findings.report(place).fix(
                "anonymous:\n  enabled: true\n  conditions:\n    - path: /livez\n    - path: /readyz\n    - path: /healthz",
            );
        }
    }),
};
