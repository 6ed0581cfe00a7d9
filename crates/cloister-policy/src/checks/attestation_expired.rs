//! # What it does
//! Finds attestations whose last day has passed.
//!
//! # Why it matters
//! What was true a year ago proves nothing today.
//!
//! # What to do
//! Look again, and state it anew with a new `date` and `expires`.
//!
//! # References
//! GDPR Art. 5(2), 24(1): to be able to demonstrate.

use cloister_checks::{Check, Run};
use cloister_model::Severity;
use cloister_register::Attestation;
use jiff::civil::Date;

use super::day;
use crate::attestations::requirement;

pub(crate) const CHECK: Check = Check {
    name: "attestation-expired",
    title: "an attestation has expired",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Policy,
};

pub(crate) fn judge(attestation: &Attestation<'_>, today: Date) -> Option<String> {
    let expired = attestation.expires().value().filter(|expires| *expires < today)?;
    let (framework, id) = requirement(attestation).unwrap_or(("", "?"));
    Some(format!("the attestation of {framework} {id} expired on {}", day(expired)))
}
