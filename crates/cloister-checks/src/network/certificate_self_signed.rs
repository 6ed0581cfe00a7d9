//! # What it does
//! Finds Ingresses and Gateways that present a certificate which signed itself.
//!
//! # Why it matters
//! Nobody vouches for it: clients are told to look away, and then also look away from an attacker's.
//!
//! # What to do
//! Have it issued by an authority that the clients know: a public one by ACME, or your own, whose root you hand out.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 5280 section 6.1.

use cloister_model::Severity;

use super::certificates::{USERS, title, uses};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-self-signed",
    title: "certificate is signed by itself",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(USERS, |resource, findings| {
        let mut looked = false;
        for used in uses(resource) {
            let Some(own) = used.leaf(findings) else { continue };
            looked = true;
            if own.self_signed {
                let message =
                    format!("certificate for {} in Secret \"{}\" is signed by itself", title(&own), used.secret);
                findings.report(used.place).message(message);
            }
        }
        if !looked {
            findings.not_applicable();
        }
    }),
};
