//! # What it does
//! Finds activities that state no purpose.
//!
//! # Why it matters
//! Data may be collected for specified purposes only; without one, no limit to its
//! use can be shown.
//!
//! # What to do
//! State each purpose in `purposes`, in words a data subject understands.
//!
//! # References
//! GDPR Art. 5(1)(b), 30(1)(b).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-purpose",
    title: "activity states no purpose",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.purposes().value().filter(|list| !list.is_empty()).is_some();
            (!stated).then(|| Lack {
                place: activity.purposes().place(),
                says: "states no purpose",
                fix: "purposes:\n  - what the data is used for",
            })
        });
    }),
};
