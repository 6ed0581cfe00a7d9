//! # What it does
//! Finds activities that do not say to whom data is disclosed.
//!
//! # Why it matters
//! Data subjects must be told, and must be able to ask. Nobody can find a leak who
//! does not know where data may go.
//!
//! # What to do
//! List `recipients`; `[]` says that there are none.
//!
//! # References
//! GDPR Art. 19, 30(1)(d).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-recipients",
    title: "activity says not who receives the data",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.recipients().is_stated();
            (!stated).then(|| Lack {
                place: activity.recipients().place(),
                says: "says not who receives the data",
                fix: "recipients: []",
            })
        });
    }),
};
