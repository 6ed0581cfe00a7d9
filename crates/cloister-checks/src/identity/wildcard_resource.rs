//! # What it does
//! Finds rules with `*` in `resources`, `apiGroups` or `nonResourceURLs`.
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

use super::rights::{ROLES, is_judged};
use super::rules::{Rule, Word, is_extension, rules_of};
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
        for rule in rules_of(role) {
            let Some((word, what)) = wildcard(&rule) else { continue };
            let place = rule.place(word);
            let finding =
                findings.report(place).message(format!("{} \"{}\" has a rule for {what}", role.kind, role.name));
            if what != EVERYTHING || is_extension(&rule) {
                finding.severity(if is_extension(&rule) { Severity::Low } else { Severity::Medium });
            }
        }
    }),
};
