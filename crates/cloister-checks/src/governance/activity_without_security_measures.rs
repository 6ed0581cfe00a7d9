//! # What it does
//! Finds activities that describe no technical and organisational measures.
//!
//! # Why it matters
//! The record describes them in general; an auditor compares them with what runs.
//!
//! # What to do
//! Describe them in `securityMeasures`.
//!
//! # References
//! GDPR Art. 24(1), 30(1)(g).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-security-measures",
    title: "activity describes no security measures",
    severity: Severity::Low,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.security_measures().value().filter(|list| !list.is_empty()).is_some();
            (!stated).then(|| Lack {
                place: activity.security_measures().place(),
                says: "describes no security measures",
                fix: "securityMeasures:\n  - what protects the data",
            })
        });
    }),
};
