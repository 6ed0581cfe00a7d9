//! A personal data breach from suspicion to closure (Art. 33 and 34).
//!
//! ```text
//! register ─ proposal ─→ Facts ─┬─ severity (ENISA) ─┐
//!                               └─ risk (EDPB) ──────┴─→ Decisions ─→ drafts
//! steps ─ machine ─→ history ─→ State ─→ Clock, Journal (33(5))
//! ```
//!
//! [`Breach`] is one document, YAML or JSON. People write its facts; what was done, when and by whom is its history,
//! to which only [`Breach::apply`] adds. Time is passed in.

mod category;
pub mod clock;
pub mod decision;
mod document;
pub mod draft;
pub mod facts;
mod fault;
pub mod journal;
mod machine;
mod proposal;
pub mod severity;
mod step;
mod vocabulary;

pub use category::Category;
pub use clock::{Clock, Due, due};
pub use decision::{Decisions, decide};
pub use document::{API_VERSION, Breach, KIND, Metadata};
pub use facts::Facts;
pub use fault::{Fault, Refusal, Unreadable};
pub use machine::{Phase, State};
pub use proposal::{Target, propose};
pub use severity::{Level, Severity};
pub use step::{Entry, Extent, Outcome, Step, moment};
