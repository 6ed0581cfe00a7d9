//! # What it does
//! Finds attestations without requirement, statement, author, date or expiry.
//!
//! # Why it matters
//! A statement that nobody signed, or that holds for ever, proves nothing to an
//! auditor. Such an attestation has no effect.
//!
//! # What to do
//! State `requirement`, `statement`, `author`, `date` and `expires`.
//!
//! # References
//! GDPR Art. 5(2): to be able to demonstrate.

use cloister_checks::{Check, Run};
use cloister_model::Severity;
use cloister_register::Attestation;
use jiff::civil::Date;

use crate::attestations::requirement;

pub(crate) const CHECK: Check = Check {
    name: "attestation-incomplete",
    title: "an attestation lacks what makes it one",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Policy,
};

pub(crate) fn judge(attestation: &Attestation<'_>, today: Date) -> Option<String> {
    if attestation.date().value().is_some_and(|date| date > today) {
        return Some("this attestation has no effect: its date lies in the future".to_owned());
    }
    let lacks: Vec<&str> = [
        ("requirement", requirement(attestation).is_some()),
        ("statement", attestation.statement().is_confirmed()),
        ("author", attestation.author().is_confirmed()),
        ("date", attestation.date().is_stated()),
        ("expires", attestation.expires().is_stated()),
    ]
    .into_iter()
    .filter_map(|(field, stated)| (!stated).then_some(field))
    .collect();
    (!lacks.is_empty()).then(|| format!("this attestation has no effect: it lacks {}", lacks.join(", ")))
}
