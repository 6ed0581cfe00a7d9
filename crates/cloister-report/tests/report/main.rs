//! What a reader relies on in each report, shown on one assessment built by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod fixture;
mod hostile;
mod html;
mod json;
mod sarif;
mod text;
