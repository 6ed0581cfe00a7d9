//! Least privilege: the roles that allow what was used and nothing else, and roles to start from where nothing was
//! written down yet.
//!
//! ```text
//! Log ──▶ minimise ──▶ Minimised   each subject: rights, rules, roles, what was generalised, what would be taken away
//!                         └──▶ manifest ──▶ replay   the proof, by the authoriser itself
//! Inventory ──▶ starter ──▶ roles with the reason for each
//! ```

mod atoms;
mod findings;
mod generalise;
mod manifest;
mod minimise;
mod replay;
mod right;
mod rules;
mod starter;
mod subject;
mod taken;

pub use atoms::{Atom, atoms, without};
pub use findings::{Finding, Seen, findings};
pub use generalise::{Generalised, Limits};
pub use manifest::{manifest, scalar};
pub use minimise::{Born, Master, Minimised, Role, Subject, least, minimise};
pub use replay::{born, refused, replay};
pub use right::{About, Right, why_not};
pub use rules::{Rule, compact};
pub use starter::{Starter, starter};
pub use subject::Who;
pub use taken::{Fate, Taken, taken};
