//! # What it does
//! Finds activities that state no lawful basis.
//!
//! # Why it matters
//! Processing is lawful only under one of the six bases of Art. 6(1).
//!
//! # What to do
//! State `lawfulBasis.basis`: consent, contract, legal-obligation, vital-interests,
//! public-task or legitimate-interests, with the document behind it.
//!
//! # References
//! GDPR Art. 5(1)(a), 6(1).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-lawful-basis",
    title: "activity states no lawful basis",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        each_activity(findings, |activity| {
            let stated = activity.lawful_basis().value().filter(|it| it.basis().is_stated()).is_some();
            (!stated).then(|| Lack {
                place: activity.lawful_basis().place(),
                says: "states no lawful basis",
                fix: "lawfulBasis:\n  basis: contract\n  reference: where the contract is found",
            })
        });
    }),
};
