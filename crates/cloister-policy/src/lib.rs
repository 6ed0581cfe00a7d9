//! What people decide about findings: exceptions and attestations, and the
//! checks that watch over those decisions themselves.

mod annotation;
mod attestations;
pub mod checks;
mod exceptions;

pub use attestations::Attestations;
pub use exceptions::{Accepted, Exceptions};
