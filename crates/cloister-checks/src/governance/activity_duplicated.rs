//! # What it does
//! Finds activities and stores whose name is used twice.
//!
//! # Why it matters
//! Of two entries with one name only the first is used: what the other one says is
//! not assessed.
//!
//! # What to do
//! Give each entry a name of its own, or join them.
//!
//! # References
//! GDPR Art. 5(2), 30(1).

use cloister_model::Severity;

use std::collections::BTreeSet;

use cloister_model::Place;

use super::register_fields::STORES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-duplicated",
    title: "two entries of the register have one name",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        let register = findings.register();
        let mut seen = BTreeSet::new();
        let activities = register.activities().iter().map(|entry| entry.resource());
        let stores = register.stores().iter().map(|entry| entry.resource());
        let processors = register.processors().iter().map(|entry| entry.resource());
        for resource in activities.chain(stores).chain(processors) {
            if findings.examine(!seen.insert((&resource.kind, &resource.name))) {
                findings.report(Place::whole(resource).at("metadata/name")).message(format!(
                    "there is another {} called \"{}\"; only the first is used",
                    resource.kind, resource.name
                ));
            }
        }
    }),
};
