//! Data-loss prevention: what was recognised on the wire, who sent it to whom, and whether that may be.
//!
//! ```text
//! inventory ──▶ Directory: addresses → workloads, their purposes and stores; organisations outside
//!         └───▶ Policies: what is watched for (DlpPolicy)
//!                 ▼
//! passage + what was recognised in it ──▶ judge ──▶ decisions ──▶ Findings: one for each leak, however large
//! ```
//!
//! No I/O, no clock: times come with what was seen. No value comes in here: a detection says what stands where, and a
//! keyed hash serves only to count how many different ones there were.

mod aggregate;
mod crd;
mod directory;
mod distinct;
pub mod document;
mod judge;
mod knowledge;
mod leak;
mod mask;
mod names;
mod outside;
mod party;
mod policy;
mod traits;

pub use aggregate::{Findings, Limits, Tally, day};
pub use crd::crd;
pub use directory::{Directory, Workload};
pub use judge::{Decision, Passage, Seen, Where};
pub use knowledge::Knowledge;
pub use leak::{articles, severity};
pub use mask::{masked_name, masked_target};
pub use names::Names;
pub use party::{Outside, Party};
pub use policy::{Policies, Policy};
