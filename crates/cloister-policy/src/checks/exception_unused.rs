//! # What it does
//! Finds exceptions that no finding of this scan needs.
//!
//! # Why it matters
//! An exception that stays after its finding is gone would silently accept the
//! next one.
//!
//! # What to do
//! Remove it; if it belongs to another cluster or folder, keep it there.
//!
//! # References
//! GDPR Art. 5(2): to be able to demonstrate.

use cloister_checks::{Check, Run};
use cloister_model::Severity;

use crate::exceptions::Rule;

pub(crate) const CHECK: Check = Check {
    name: "exception-unused",
    title: "an exception accepts nothing",
    severity: Severity::Low,
    needs: &[],
    run: Run::Policy,
};

pub(crate) fn judge(rule: &Rule<'_>) -> Option<String> {
    (rule.uses == 0).then(|| format!("nothing was found that the exception for \"{}\" accepts", rule.check))
}
