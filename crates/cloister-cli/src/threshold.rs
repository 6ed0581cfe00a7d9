//! From which severity on a command fails.

use cloister_model::Severity;

/// From which severity on the program says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    Never,
    From(Severity),
}

pub fn threshold(word: &str) -> Result<Threshold, String> {
    if word == "never" {
        return Ok(Threshold::Never);
    }
    word.parse().map(Threshold::From).map_err(|()| "there are info, low, medium, high, critical and never".to_owned())
}
