//! Without the feature `conditions`, none is understood.

use super::{Details, Outcome};
use crate::Request;

/// A condition as it is written.
#[derive(Debug)]
pub(crate) struct Condition {
    pub source: String,
}

impl Condition {
    pub(crate) fn compile(source: &str) -> Condition {
        Condition { source: source.to_owned() }
    }

    /// Why it cannot be read.
    pub(crate) fn mistake(&self) -> Option<&str> {
        None
    }

    pub(crate) fn outcome(&self, _: &Request, _: &Details) -> Outcome {
        Outcome::Unknown("this program was built without conditions".to_owned())
    }
}
