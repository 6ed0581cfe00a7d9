//! # What it does
//! Finds activities that name no categories of data subjects.
//!
//! # Why it matters
//! The record must name them; children and patients need more care than others,
//! and nobody can give it without knowing.
//!
//! # What to do
//! List `dataSubjects`, such as patients, children or employees.
//!
//! # References
//! GDPR Art. 30(1)(c), 33(3)(a).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-data-subjects",
    title: "activity says not whose data it is",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.data_subjects().value().filter(|list| !list.is_empty()).is_some();
            (!stated).then(|| Lack {
                place: activity.data_subjects().place(),
                says: "says not whose data it is",
                fix: "dataSubjects: [customers]",
            })
        });
    }),
};
