//! # What it does
//! Finds activities without a reference to what data subjects are told.
//!
//! # Why it matters
//! People must be told who processes their data, why, on which basis and for how
//! long, when it is collected.
//!
//! # What to do
//! Publish a notice and name it in `notice.reference`.
//!
//! # References
//! GDPR Art. 5(1)(a), 12(1), 13, 14.

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-notice",
    title: "activity has no notice for data subjects",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.notice().value().filter(|it| it.reference().is_stated()).is_some();
            (!stated).then(|| Lack {
                place: activity.notice().place(),
                says: "has no notice for data subjects",
                fix: "notice:\n  reference: where the notice is found",
            })
        });
    }),
};
