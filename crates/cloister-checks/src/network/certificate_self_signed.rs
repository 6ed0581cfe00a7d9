//! # What it does
//! Finds Ingresses and Gateways (Istio's, too) that present a certificate which signed itself, or will, since the
//! issuer of cert-manager's Certificate is a `selfSigned` one.
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

use super::cert_manager::signs_itself;
use super::certificates::{USERS, title, uses};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-self-signed",
    title: "certificate is signed by itself",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(USERS, |resource, findings| {
        let mut looked = false;
        for used in uses(resource, findings.inventory()) {
            if let Some(asked) = used.maker(findings) {
                looked = true;
                if signs_itself(asked, findings.inventory()) {
                    let message = format!(
                        "the issuer of Certificate \"{}\", which makes Secret \"{}\", lets it sign itself",
                        asked.name, used.secret
                    );
                    findings.report(used.place).message(message);
                }
                continue;
            }
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
