//! # What it does
//! Finds rules with `*` in `resources`, `apiGroups` or `nonResourceURLs`. Who holds
//! the rule is told with it, by roles that collect it as well; in a cluster, a rule that
//! nobody holds is a minor finding.
//!
//! # Why it matters
//! A wildcard gives what exists today and whatever is installed tomorrow: Secrets,
//! exec, impersonation among it. Nobody can say what such a role may do with personal
//! data.
//!
//! # What to do
//! Write the groups and resources that are used. The audit log tells them.
//!
//! # References
//! CIS 5.1.3. GDPR Art. 32(1)(b). OWASP Kubernetes K03.

use cloister_model::Severity;

use super::effective::holders;
use super::rights::{ROLES, is_judged};
use super::rules::{Rule, Word, indexed_rules_of, is_extension};
use crate::{Check, Run};

const EVERYTHING: &str = "every resource";

/// The wildcard of a rule, and what it stands for.
fn wildcard<'a>(rule: &Rule<'a>) -> Option<(Word<'a>, &'static str)> {
    let of_resources = rule.resources.find(&["*"]).map(|word| (word, EVERYTHING));
    let of_groups = || rule.groups.find(&["*"]).map(|word| (word, "every API group"));
    let of_urls = || rule.urls.find(&["*", "/*"]).map(|word| (word, "every path of the API server"));
    of_resources.or_else(of_groups).or_else(of_urls)
}

pub(crate) const CHECK: Check = Check {
    name: "wildcard-resource",
    title: "rule reaches every resource",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        if !is_judged(role) {
            return findings.not_applicable();
        }
        for (index, rule) in indexed_rules_of(role) {
            let Some((word, what)) = wildcard(&rule) else { continue };
            let held = holders(&findings.access(), role, index, findings.inventory().inputs().cluster);
            let says = format!("{} \"{}\" has a rule for {what}; {}", role.kind, role.name, held.says);
            let finding = findings.report(rule.place(word)).message(says);
            if held.nobody || is_extension(&rule) {
                finding.severity(Severity::Low);
            } else if what != EVERYTHING {
                finding.severity(Severity::Medium);
            }
        }
    }),
};
