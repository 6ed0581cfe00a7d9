//! # What it does
//! Finds stores for which neither they nor all activities that use them say how long
//! data is kept.
//!
//! # Why it matters
//! A store without retention grows for ever: every breach is larger than it had to be.
//!
//! # What to do
//! State `retention` for the store, or for each activity that uses it.
//!
//! # References
//! GDPR Art. 5(1)(e), 30(1)(f).

use cloister_model::Severity;

use super::register_fields::{Lack, STORES, each_store};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-retention",
    title: "store says not how long data is kept",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        let register = findings.register();
        each_store(findings, |store| {
            let own = store.retention().value().is_some_and(|retention| retention.is_complete());
            let using = register.activities_using(store.name());
            let theirs = !using.is_empty()
                && using.iter().all(|activity| activity.retention().value().is_some_and(|it| it.is_complete()));
            (!own && !theirs).then(|| Lack {
                place: store.retention().place(),
                says: "says not how long data is kept",
                fix: "retention:\n  period: P3Y\n  after: the end of the contract",
            })
        });
    }),
};
