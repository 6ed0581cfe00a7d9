//! The record of processing activities (Art. 30): what the organisation
//! declares about its personal data, in `cloister.dev/v1alpha1` documents.
//!
//! ```text
//! inventory ─ documents ─→ Register ─ selectors ─→ workloads of activities and stores
//!         └── workloads ─→ recognise ─────────────┴─→ Exposure: the personal data at risk
//!                                    └──────────────→ draft: a register to start from
//! ```
//!
//! Documents are views over the inventory's tree, so every field knows its
//! place. The language is stated once, in [`documents`]: reader, diagnostics
//! and JSON Schema come from the same lines.

mod category;
mod claims;
pub mod countries;
pub mod documents;
mod draft;
pub mod exposure;
mod guess;
pub mod hosts;
mod judge;
mod macros;
mod period;
pub mod recognise;
mod reference;
mod register;
mod schema;
pub mod spec;
mod structural;
mod suggest;
mod view;
mod words;
mod workload;

pub use category::DataCategory;
pub use documents::{
    Attestation, DlpPolicy, Exception, Organisation, PersonalDataStore, ProcessingActivity, Processor, WorkloadSelector,
};
pub use draft::{Draft, draft};
pub use exposure::{AtRisk, Exposure};
pub use guess::{GUESS_ANNOTATION, Guess, guesses};
pub use period::Period;
pub use recognise::{Engine, Recognised};
pub use reference::reference;
pub use register::Register;
pub use schema::json_schema;
pub use structural::{Rule, structural};
pub use view::{Country, Field, Labels, Shape, View};
pub use words::{ActivityRole, Basis, Condition, ProcessorRole, Safeguard};
pub use workload::Workload;
