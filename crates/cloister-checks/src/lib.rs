//! The checks, one file each: its documentation, its metadata and one function.
//!
//! A file `src/FAMILY/NAME.rs` and its fixtures in `fixtures/FAMILY/NAME/` are
//! all there is to a check; `mod.rs` of each family is generated from the files
//! that lie there. Checks know no framework: frameworks name checks.

mod absence;
mod again;
mod asked;
mod backups;
mod changes;
mod check;
mod commands;
mod context;
mod cron;
mod docs;
mod findings;
mod known;
mod moments;
mod namespaces;
mod once;
mod registry;
mod run;
mod schedule;
mod selecting;
mod shared;
mod sheet;
mod sight;
mod system;
mod told;

pub mod availability;
pub mod control_plane;
pub mod data;
pub mod governance;
pub mod identity;
pub mod network;
pub mod node;
pub mod pod_security;
pub mod supply_chain;

pub use again::{Judged, Size};
pub use check::{Check, Entry, Family, Need, OfContainer, OfInventory, OfPod, OfResource, Run};
pub use context::Context;
pub use control_plane::issuers::issuer_in_flags;
pub use data::demands::{Demand, Demanded, demands};
pub use data::personal_kinds::personal_kinds;
pub use docs::Docs;
pub use findings::Findings;
pub use registry::{by_name, entries};
pub use run::{Lacking, NotEvaluated, Outcome, run, run_and_tell};
