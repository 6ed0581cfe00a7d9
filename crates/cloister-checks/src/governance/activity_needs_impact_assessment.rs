//! # What it does
//! Finds activities that need a data protection impact assessment and name none:
//! special categories on a large scale, systematic monitoring, automated decisions.
//!
//! # Why it matters
//! Where the risk is high, it must be assessed before the processing starts.
//!
//! # What to do
//! Make the assessment and name it in `impactAssessment.reference`; or state in
//! `notRequired` why none is needed.
//!
//! # References
//! GDPR Art. 35(1), 35(3).

use cloister_model::Severity;

use cloister_register::ProcessingActivity;

use super::register_fields::ACTIVITIES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-needs-impact-assessment",
    title: "activity needs an impact assessment",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        for activity in findings.register().activities() {
            let Some(reason) = reason(activity) else { continue };
            let assessed = activity
                .impact_assessment()
                .value()
                .is_some_and(|assessment| assessment.reference().is_stated() || assessment.not_required().is_stated());
            if findings.examine(!assessed) {
                findings
                    .report(activity.impact_assessment().place())
                    .message(format!("activity \"{}\" {reason}, and no impact assessment is named", activity.name()))
                    .fix("spec:\n  impactAssessment:\n    reference: where it is found\n    date: 2026-01-31");
            }
        }
    }),
};

/// The cases of Art. 35(3) that the register shows.
fn reason(activity: &ProcessingActivity<'_>) -> Option<&'static str> {
    let yes = |flag: Option<bool>| flag == Some(true);
    let sensitive = activity.data_categories().items().iter().any(|category| category.is_sensitive());
    if sensitive && yes(activity.large_scale().value()) {
        Some("uses special categories on a large scale")
    } else if yes(activity.systematic_monitoring().value()) {
        Some("monitors people systematically")
    } else if yes(activity.automated_decisions().value()) {
        Some("decides or profiles automatically")
    } else {
        None
    }
}
