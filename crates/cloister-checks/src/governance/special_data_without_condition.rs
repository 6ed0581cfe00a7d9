//! # What it does
//! Finds activities with special categories of data (health, beliefs, biometrics …)
//! that state no condition of Art. 9(2).
//!
//! # Why it matters
//! Processing special categories is forbidden unless one of ten conditions holds.
//!
//! # What to do
//! State `specialCategoryCondition.condition`, a to j, with the law or document
//! behind it.
//!
//! # References
//! GDPR Art. 5(1)(a), 9(2).

use cloister_model::Severity;

use super::register_fields::ACTIVITIES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "special-data-without-condition",
    title: "activity with special categories states no condition of Art. 9(2)",
    severity: Severity::Critical,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        for activity in findings.register().activities() {
            let categories = activity.data_categories().items();
            let Some(special) = categories.iter().find(|category| category.is_special()) else { continue };
            let condition = activity.special_category_condition().value();
            if findings.examine(condition.is_none_or(|condition| !condition.condition().is_stated())) {
                findings
                    .report(activity.special_category_condition().place())
                    .message(format!(
                        "activity \"{}\" uses {} data and states no condition of Art. 9(2)",
                        activity.name(),
                        special.phrase()
                    ))
                    .fix("spec:\n  specialCategoryCondition:\n    condition: h-health-care\n    reference: the law behind it");
            }
        }
    }),
};
