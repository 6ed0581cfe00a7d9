//! Data-loss prevention: what was recognised on the wire, who sent it to whom, and whether that may be.
//!
//! ```text
//! inventory ──▶ Directory: addresses → workloads, their purposes and stores; organisations outside
//!         └───▶ Policies: what is watched for (DlpPolicy)
//!                 ▼
//! values of a message ──▶ Reading, by the Lens of policies ──▶ Tallies
//!                 ▼
//! passage + what was recognised in it ──▶ judge ──▶ decisions ──▶ Findings: one for each leak, however large
//! ```
//!
//! No I/O, no clock: times come with what was seen. Values are looked at where they lie, and dropped: a tally says what
//! stands where, and a keyed hash serves only to count how many different ones there were.

mod aggregate;
mod baseline;
mod bulk;
mod crd;
mod directory;
mod distinct;
pub mod document;
mod judge;
mod knowledge;
mod leak;
mod lens;
mod located;
mod mask;
mod names;
mod opaque;
mod outside;
mod party;
mod policy;
mod reading;
mod tallies;
mod traits;
mod why;

pub use aggregate::{Findings, Limits, Tally, day};
pub use baseline::{Baselines, Unreadable};
pub use crd::{crd, profile_crd};
pub use directory::{Directory, Workload};
pub use judge::{Decision, Passage, Seen, Where};
pub use knowledge::Knowledge;
pub use leak::{articles, severity};
pub use lens::{Lens, profile_spec};
pub use located::unescaped;
pub use mask::{masked_name, masked_place, masked_target};
pub use names::Names;
pub use opaque::{ENOUGH, Opaque};
pub use party::{Outside, Party};
pub use policy::{Policies, Policy};
pub use reading::{At, Key, Reading, Recognised, whole};
pub use tallies::{Allowed, Tallies};
pub use why::Passed;
