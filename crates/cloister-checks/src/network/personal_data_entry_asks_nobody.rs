//! # What it does
//! Finds ways from the internet to workloads that keep or process personal data on which nobody is asked who they are:
//! no client certificate, password, token, sign-on or external service in what opens the way, none in the mesh, and no
//! list of addresses.
//!
//! # Why it matters
//! All that stands between the public and the data is the application's own login, if it has one, and each flaw before
//! it is open to everybody.
//!
//! # What to do
//! Ask for proof where requests come in (`auth-url`, client certificates, a SecurityPolicy, a RequestAuthentication with
//! an AuthorizationPolicy), or list the addresses that may come. Where the application asks itself, accept the finding
//! and say so.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b).

use cloister_model::Severity;

use super::reach::{self, ENTRY_KINDS};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-entry-asks-nobody",
    title: "way from the internet to personal data asks nobody who they are",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(ENTRY_KINDS, |findings| {
        let context = findings.context();
        reach::tell_left_out(findings);
        let mut said = Vec::new();
        for entry in &findings.entries().entries {
            let network = &findings.reach().network;
            let Some(workload) = network.endpoint(entry.workload).and_then(|it| it.workload()) else { continue };
            if !reach::holds_personal_data(context, workload.resource) {
                continue;
            }
            let open = entry.guard.is_everybody() && entry.guard.asks_nobody() && !entry.verdict.allowed().is_empty();
            let conditional = entry.conditions.iter().any(|it| it.text.starts_with("only"));
            let message = (open && !conditional).then(|| {
                let (kind, name) = (&entry.resource.kind, &entry.resource.name);
                format!("{kind} \"{name}\" leads everybody to {workload}, and asks nobody who they are")
            });
            said.push((entry.place, message));
        }
        for (place, message) in said {
            if findings.examine(message.is_some())
                && let Some(message) = message
            {
                findings.report(place).message(message);
            }
        }
    }),
};
