//! # What it does
//! Finds Ingresses and Gateways (Istio's, too) whose TLS Secret holds a certificate that is not made out for a host
//! that they serve: by alternative names only, where a wildcard stands for one label. Where cert-manager will make
//! the Secret, the names that its Certificate asks for count.
//!
//! # Why it matters
//! Browsers and programs refuse it. Where they are told not to look, anybody with any certificate is believed.
//!
//! # What to do
//! Issue a certificate whose alternative names hold the host, or name another Secret.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 9525 section 6.

use cloister_certificate::{Host, Name};
use cloister_model::{Resource, Severity};

use super::certificates::{USERS, Use, uses};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-other-host",
    title: "certificate is for another host",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(USERS, |resource, findings| {
        let mut looked = false;
        for used in uses(resource, findings.inventory()) {
            if let Some(asked) = used.maker(findings) {
                looked = true;
                asked_for(&used, asked, findings);
                continue;
            }
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

/// The same of a certificate that cert-manager is asked for. What else than names it is asked for is not understood here.
fn asked_for<'a>(used: &Use<'a>, asked: &Resource, findings: &mut Findings<'a>) {
    let names = ["spec/dnsNames", "spec/ipAddresses"]
        .into_iter()
        .flat_map(|path| asked.root.at(path))
        .flat_map(|it| it.items());
    let names: Vec<Name> = names.filter_map(|it| it.as_str()).map(|it| Name::from(it.to_owned())).collect();
    let whole = asked.root.at("spec/literalSubject").is_none() && !names.iter().any(|it| it.to_string().contains("{{"));
    let missing = used.hosts.iter().find(|host| !host.contains("{{") && !Host::new(host).is_among(&names));
    if let Some(host) = missing.filter(|_| whole) {
        let told = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let told = if told.is_empty() { "no name".to_owned() } else { told };
        findings.report(used.place).message(format!(
            "Certificate \"{}\", which makes Secret \"{}\", is not for {host}: it is for {told}",
            asked.name, used.secret
        ));
    }
}
