//! # What it does
//! Finds exceptions whose last day has passed.
//!
//! # Why it matters
//! The risk was accepted for a time. After it the finding counts again, and
//! somebody has to decide again.
//!
//! # What to do
//! Mend the finding, or decide anew: a new reason, owner and `expires`.
//!
//! # References
//! GDPR Art. 5(2), 24(1): to be able to demonstrate.

use cloister_checks::{Check, Run};
use cloister_model::Severity;
use jiff::civil::Date;

use super::day;
use crate::exceptions::Rule;

pub(crate) const CHECK: Check = Check {
    name: "exception-expired",
    title: "an exception has expired",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Policy,
};

pub(crate) fn judge(rule: &Rule<'_>, today: Date) -> Option<String> {
    let expired = rule.expires.filter(|expires| *expires < today)?;
    Some(format!("the exception for \"{}\" expired on {}", rule.check, day(expired)))
}
