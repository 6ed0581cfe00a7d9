//! # What it does
//! Finds exceptions without reason, owner or expiry, and those that name no check that exists.
//!
//! # Why it matters
//! A risk that nobody answers for, or for ever, is not accepted but forgotten.
//! Such an exception has no effect.
//!
//! # What to do
//! State `check`, `reason`, `owner` and `expires`.
//!
//! # References
//! GDPR Art. 5(2): to be able to demonstrate.

use cloister_checks::{Check, Run};
use cloister_model::Severity;

use crate::exceptions::Rule;

pub(crate) const CHECK: Check = Check {
    name: "exception-incomplete",
    title: "an exception lacks what makes it one",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Policy,
};

pub(crate) fn judge(rule: &Rule<'_>, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let lacks: Vec<&str> = [
        ("check", rule.check.is_empty()),
        ("reason", rule.reason.is_empty()),
        ("owner", rule.owner.is_empty()),
        ("expires", rule.expires.is_none()),
    ]
    .into_iter()
    .filter_map(|(field, lacks)| lacks.then_some(field))
    .collect();
    if !lacks.is_empty() {
        return Some(format!("this exception has no effect: it lacks {}", lacks.join(", ")));
    }
    (!known(rule.check)).then(|| format!("this exception names a check that does not exist: \"{}\"", rule.check))
}
