//! Questions about who may do what and who reaches whom, as people write them, and answers with their proofs: the same for the
//! command line and for the hub.
//!
//! ```text
//! words of a question ──▶ action, identity, endpoints, store ──▶ cloister-rbac, cloister-network ──▶ grants, ways, connections
//!                                                                                                    each with what shows it
//! ```
//! Nothing here prints, reads or draws.

pub mod climb;
pub mod ends;
pub mod proof;
pub mod reach;
pub mod store;
pub mod subject;
pub mod words;

use std::fmt;

use cloister_model::spelling::nearest;

/// Why there is no answer, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub cause: String,
    /// What to do instead.
    pub help: String,
}

impl Wrong {
    /// Both.
    pub fn new(cause: impl Into<String>, help: impl Into<String>) -> Wrong {
        Wrong { cause: cause.into(), help: help.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}; {}", self.cause, self.help)
    }
}

impl std::error::Error for Wrong {}

/// `did you mean a or b?`, when some of `names` are near to what was written.
pub fn did_you_mean<'n>(asked: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let near: Vec<&str> = nearest(asked, names).into_iter().take(3).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}
