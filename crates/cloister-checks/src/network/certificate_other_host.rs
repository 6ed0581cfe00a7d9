//! # What it does
//! Finds Ingresses and Gateways whose TLS Secret holds a certificate that is not made out for a host that they
//! serve: by alternative names only, where a wildcard stands for one label.
//!
//! # Why it matters
//! Browsers and programs refuse it. Where they are told not to look, anybody with any certificate is believed.
//!
//! # What to do
//! Issue a certificate whose alternative names hold the host, or name another Secret.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 9525 section 6.

use cloister_certificate::Host;
use cloister_model::Severity;

use super::certificates::{USERS, uses};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-other-host",
    title: "certificate is for another host",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(USERS, |resource, findings| {
        let mut looked = false;
        for used in uses(resource) {
            let Some(own) = used.leaf(findings) else { continue };
            looked = true;
            let missing = used.hosts.iter().find(|host| !host.contains("{{") && !own.matches(&Host::new(host)));
            if let Some(host) = missing {
                let names: Vec<String> = own.names.iter().map(ToString::to_string).collect();
                let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
                findings
                    .report(used.place)
                    .message(format!("certificate in Secret \"{}\" is not for {host}: it is for {names}", used.secret));
            }
        }
        if !looked {
            findings.not_applicable();
        }
    }),
};
