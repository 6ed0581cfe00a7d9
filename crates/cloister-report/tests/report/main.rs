//! What a reader relies on in each report, shown on one assessment built by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod fixture;
mod hostile;
mod html;
mod json;
mod sarif;
#[allow(clippy::disallowed_methods, reason = "reads and writes published schemas")]
#[path = "../../../cloister-cli/tests/support/schema.rs"]
mod schema;
mod text;
