//! Findings × frameworks → the status of each requirement, and what to change first.
//!
//! ```text
//! inventory + register ─► checks ─► findings ─► exceptions ─► exposure and rank
//!                                                   │
//!                         frameworks + attestations ┴─► status of each requirement
//! ```
//! One [`Assessment`] is all that a report needs: reports never compute.

mod advice;
mod assess;
mod assessment;
mod baseline;
mod excerpt;
mod fingerprint;
mod fix;
mod form;
mod list_change;
mod rank;
mod spot;
mod status;
mod summary;

pub use advice::Advice;
pub use assess::{Scan, all_entries, assess};
pub use assessment::{
    Acceptance, AssessedFinding, AssessedFramework, AssessedRequirement, Assessment, AttestedBy, CheckResult, Exposure,
    FailOn, Gap, RequirementRef, Status, Subject, Summary,
};
pub use baseline::{Baseline, Change};
pub use cloister_checks::Judged;
pub use fix::Merged;
pub use list_change::ListChange;
pub use spot::{Spot, spots};
