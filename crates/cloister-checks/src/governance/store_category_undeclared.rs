//! # What it does
//! Finds stores that hold a category of data which an activity using them does not
//! declare, though no other activity of the store does either.
//!
//! # Why it matters
//! Data that no activity accounts for has no purpose: it is either forgotten in the
//! record or should not be there.
//!
//! # What to do
//! Add the category to the activity that needs it, or delete the data.
//!
//! # References
//! GDPR Art. 5(1)(c), 9(1), 30(1)(c).

use cloister_model::Severity;

use super::register_fields::STORES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-category-undeclared",
    title: "store holds a category that no activity declares",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        let register = findings.register();
        for store in register.stores() {
            let activities = register.activities_using(store.name());
            if activities.is_empty() {
                continue;
            }
            let declared: Vec<_> = activities.iter().flat_map(|activity| activity.data_categories().items()).collect();
            for (category, place) in store.data_categories().placed_items() {
                if findings.examine(!declared.iter().any(|other| other.covers(category))) {
                    findings.report(place).message(format!(
                        "store \"{}\" holds {} data that no activity using it declares",
                        store.name(),
                        category.phrase()
                    ));
                }
            }
        }
    }),
};
