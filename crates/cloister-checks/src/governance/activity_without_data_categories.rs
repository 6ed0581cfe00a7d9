//! # What it does
//! Finds activities that name no categories of personal data.
//!
//! # Why it matters
//! The record must name them; whether an Art. 9 condition or an impact assessment
//! is needed depends on them.
//!
//! # What to do
//! List `dataCategories` from the controlled list.
//!
//! # References
//! GDPR Art. 9(1), 30(1)(c), 33(3)(a).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-data-categories",
    title: "activity says not which data it uses",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.data_categories().value().filter(|list| !list.is_empty()).is_some();
            (!stated).then(|| Lack {
                place: activity.data_categories().place(),
                says: "says not which data it uses",
                fix: "dataCategories: [name, contact-details]",
            })
        });
    }),
};
