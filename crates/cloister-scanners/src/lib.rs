//! Reports of other scanners, read into one shape: SARIF, OpenReports and the older PolicyReport, Trivy's and Grype's JSON.
//!
//! ```text
//!  bytes ─▶ tree (bounded) ─▶ which format? ─▶ parts: one scanner, one scope ─▶ results with what each is about
//!                                                └▶ faults: what is not as it should be, by its place in the document
//! ```
//! Whatever comes, nothing panics, and a part that is malformed costs itself alone. What scanners quote of files (the line
//! of a secret, code) is not read.

mod formats;
mod shape;
mod tree;
mod view;

pub use formats::{Limits, NoReport, read};
pub use shape::{Fault, Format, Found, Image, Kind, Part, Report, Subject};
