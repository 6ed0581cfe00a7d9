//! Catalogues of requirements, as data that points at checks.
//!
//! Each YAML file of `data/` is one framework; the program reads what `cargo xtask generate` makes of them. A requirement names the checks that
//! can judge it, the `parts` that only other evidence would answer, and the
//! question that a person may answer in an attestation. A check knows no
//! framework; a framework knows checks by name only.
//!
//! ```yaml
//! framework: gdpr
//! title: General Data Protection Regulation
//! version: "2016/679"
//! requirements:
//!   - id: "5(1)(b)"
//!     title: Purpose limitation            # our own words
//!     section: Principles
//!     checks: [purpose-crossed-by-selector]  # each held or open
//!     parts:                               # not evaluated until such evidence is there
//!       - needs: traffic
//!         shows: the flows that were observed between purposes
//!     attest: What a person would have to state?
//!     register: [ProcessingActivity.purposes]  # what to write where there is no register
//!     explains: What it asks of someone who runs Kubernetes, and what Cloister looks at.
//! ```
//!
//! `attest` counts as one more part, which needs a person: it is there only
//! where checks and other evidence cannot tell everything. A requirement is
//! wholly looked at when its checks ran and all of [`Requirement::open`] is answered.
//!
//! Three fields spare saying things twice: `through` names requirements of the
//! same file whose checks and parts answer this one as well, `extends` (beside
//! `framework`) takes over the requirements of a built-in framework, and
//! `aliases` are ids under which others know the requirement.
//!
//! The register needs no part of its own: checks that read it say so themselves.

mod builtin;
mod fields;
mod framework;
mod merge;
mod need;
mod parse;
mod source;

pub use builtin::{builtin, by_name, find, names};
pub use framework::{Framework, Part, Requirement};
pub use need::Need;
pub use source::sources;
