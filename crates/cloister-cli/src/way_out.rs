//! Errors that end the program: the cause, and the way out below it.

use std::fmt::Display;

use cloister_model::spelling::nearest;

/// What stands between a cause and its way out.
pub const HELP: &str = "\n  help: ";

/// An error with a way out.
pub fn failure(cause: impl Display, help: impl Display) -> anyhow::Error {
    anyhow::anyhow!("{cause}{HELP}{help}")
}

/// `did you mean a or b?`, when some of `names` are near to what was written.
pub fn did_you_mean<'n>(asked: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let near: Vec<&str> = nearest(asked, names).into_iter().take(3).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
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
