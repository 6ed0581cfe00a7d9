//! Errors that end the program: the cause, and the way out below it.

use std::fmt::Display;

/// What stands between a cause and its way out.
pub const HELP: &str = "\n  help: ";

/// An error with a way out.
pub fn failure(cause: impl Display, help: impl Display) -> anyhow::Error {
    anyhow::anyhow!("{cause}{HELP}{help}")
}

/// `did you mean a or b?`, when some of `names` are near to what was written.
pub fn did_you_mean<'n>(asked: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let mut near: Vec<(usize, &str)> =
        names.into_iter().map(|name| (distance(asked, name), name)).filter(|(far, name)| is_near(*far, name)).collect();
    near.sort_unstable();
    near.dedup();
    let near: Vec<&str> = near.into_iter().take(3).map(|(_, name)| name).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

/// A third of a name may be mistyped.
fn is_near(far: usize, name: &str) -> bool {
    far <= (name.chars().count() / 3).max(1)
}

/// Letters to put in, take away, change or swap with their neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (lower(one), lower(other));
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for (to, wanted) in other.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut least = cell(&row, to) + usize::from(letter != wanted);
            least = least.min(cell(&row, to + 1) + 1).min(cell(&next, to) + 1);
            let swapped = at > 0 && to > 0 && one.get(at - 1) == Some(wanted) && other.get(to - 1) == Some(letter);
            if swapped {
                least = least.min(cell(&before, to - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

fn lower(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, distance};

    #[test]
    fn distances_count_what_fingers_do() {
        for (one, other, far) in [
            ("gdpr", "gdpr", 0),
            ("gdrp", "gdpr", 1),
            ("hihg", "high", 1),
            ("", "nsa", 3),
            ("GDPR", "gdpr", 0),
            ("abc", "axxc", 2),
        ] {
            assert_eq!(distance(one, other), far, "{one} {other}");
        }
    }

    #[test]
    fn near_names_are_offered_the_nearest_first() {
        let names = ["privileged-container", "privileged-port", "soc2"];
        assert_eq!(did_you_mean("privileged-contaner", names).as_deref(), Some("did you mean privileged-container?"));
        assert_eq!(did_you_mean("soc", names).as_deref(), Some("did you mean soc2?"));
        assert_eq!(did_you_mean("nothing-like-it", names), None);
    }
}
