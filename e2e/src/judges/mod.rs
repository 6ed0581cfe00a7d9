//! Judges: what others say of the same input, beside what Cloister says, counted.

mod dice;
pub mod pod_security;
mod report;

pub use dice::Dice;
