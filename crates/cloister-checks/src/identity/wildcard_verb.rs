//! # What it does
//! Finds rules with `*` in `verbs`. Who holds
//! the rule is told with it, by roles that collect it as well; in a cluster, a rule that
//! nobody holds is a minor finding.
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

use super::effective::holders;
use super::rights::{ROLES, is_judged};
use super::rules::{indexed_rules_of, is_extension};
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
        for (index, rule) in indexed_rules_of(role) {
            let Some(place) = rule.verbs.find(&["*"]).map(|word| rule.place(word)) else { continue };
            let held = holders(&findings.access(), role, index, findings.inventory().inputs().cluster);
            let says = format!("{} \"{}\" has a rule with every verb; {}", role.kind, role.name, held.says);
            let finding = findings.report(place).message(says).fix("verbs: [\"get\", \"list\", \"watch\"]");
            if held.nobody || is_extension(&rule) {
                finding.severity(Severity::Low);
            } else if !rule.names.is_empty() {
                finding.severity(Severity::Medium);
            }
        }
    }),
};
