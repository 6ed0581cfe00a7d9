//! # What it does
//! Finds Ingresses and Gateways (Istio's, too: `credentialName` is looked for in the namespace of the gateway's pods)
//! whose TLS Secret is not in the input, in namespaces whose other Secrets are. What
//! operators make (cert-manager, External Secrets, Sealed Secrets) counts as there: its material is not seen.
//!
//! # Why it matters
//! Controllers then present a certificate of their own that nobody trusts, or none: people are turned away, or
//! learn to click warnings away.
//!
//! # What to do
//! Create the Secret, correct its name, or have cert-manager make it.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes documentation, "Ingress: TLS". Gateway API, `certificateRefs`.

use cloister_model::Severity;

use super::certificates::{USERS, uses};
use super::ingresses::is_ours;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "tls-secret-missing",
    title: "TLS Secret of an entry point is not there",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(USERS, |resource, findings| {
        let mut looked = false;
        for used in uses(resource, findings.inventory()) {
            // Where a namespace has no Secret in the input at all, they come from elsewhere.
            if !is_ours(resource) || findings.inventory().of_kind_in("Secret", used.namespace).next().is_none() {
                continue;
            }
            looked = true;
            if used.found(findings).is_none() && !used.is_made_later(findings) {
                findings.report(used.place).message(format!(
                    "{} \"{}\" names the TLS Secret \"{}\", which is not in namespace {}",
                    resource.kind, resource.name, used.secret, used.namespace
                ));
            }
        }
        if !looked {
            findings.not_applicable();
        }
    }),
};
