//! # What it does
//! Finds activities that do not say how long data is kept: neither on their own, nor
//! by each of their stores.
//!
//! # Why it matters
//! Personal data may be kept no longer than its purpose needs. What has no end is
//! kept for ever, and leaks one day.
//!
//! # What to do
//! State `retention.period` (such as P10Y) and from when it counts, or `until` with
//! the event that ends it.
//!
//! # References
//! GDPR Art. 5(1)(e), 30(1)(f).

use cloister_model::Severity;

use super::register_fields::{ACTIVITIES, Lack, each_activity};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-without-retention",
    title: "activity says not how long data is kept",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        let register = findings.register();
        each_activity(findings, |activity| {
            let own = activity.retention().value().is_some_and(|retention| retention.is_complete());
            let names = activity.stores().items();
            let stores = !names.is_empty()
                && names.iter().all(|name| {
                    let store = register.store(name);
                    store.and_then(|store| store.retention().value()).is_some_and(|retention| retention.is_complete())
                });
            (!own && !stores).then(|| Lack {
                place: activity.retention().place(),
                says: "says not how long data is kept",
                fix: "retention:\n  period: P3Y\n  after: the end of the contract",
            })
        });
    }),
};
