//! # What it does
//! Finds rules with `*` in `verbs`.
//!
//! # Why it matters
//! The wildcard holds more than reading and writing: `deletecollection`, and on some
//! resources `escalate`, `bind` and `impersonate`, which lead to cluster-admin.
//!
//! # What to do
//! Write the verbs that are used.
//!
//! # References
//! CIS 5.1.3. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::rights::{ROLES, is_judged};
use super::rules::{is_extension, rules_of};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "wildcard-verb",
    title: "rule allows every verb",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        if !is_judged(role) {
            return findings.not_applicable();
        }
        for rule in rules_of(role) {
            let Some(place) = rule.verbs.find(&["*"]).map(|word| rule.place(word)) else { continue };
            let finding = findings
                .report(place)
                .message(format!("{} \"{}\" has a rule with every verb", role.kind, role.name))
                .fix("verbs: [\"get\", \"list\", \"watch\"]");
            if is_extension(&rule) {
                finding.severity(Severity::Low);
            } else if !rule.names.is_empty() {
                finding.severity(Severity::Medium);
            }
        }
    }),
};
