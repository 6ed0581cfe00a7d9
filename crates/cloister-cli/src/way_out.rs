//! Errors that end the program: the cause, and the way out below it.

use std::fmt::Display;

use cloister_questions::Wrong;

pub use cloister_questions::did_you_mean;

/// What stands between a cause and its way out.
pub const HELP: &str = "\n  help: ";

/// An error with a way out.
pub fn failure(cause: impl Display, help: impl Display) -> anyhow::Error {
    anyhow::anyhow!("{cause}{HELP}{help}")
}

/// A question that has no answer.
pub fn unanswered(wrong: Wrong) -> anyhow::Error {
    failure(wrong.cause, wrong.help)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn near_names_are_offered_the_nearest_first() {
        let names = ["privileged-container", "privileged-port", "soc2"];
        assert_eq!(did_you_mean("privileged-contaner", names).as_deref(), Some("did you mean privileged-container?"));
        assert_eq!(did_you_mean("soc", names).as_deref(), Some("did you mean soc2?"));
        assert_eq!(did_you_mean("nothing-like-it", names), None);
    }
}
