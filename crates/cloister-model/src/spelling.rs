//! How far two words are from each other: for "did you mean …?".

/// Letters to put in, take away, change or swap with their neighbour, case apart (optimal string alignment).
pub fn distance(one: &str, other: &str) -> usize {
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

/// The names that are near to what was written, the nearest first: a third of a name may be mistyped.
pub fn nearest<'n>(asked: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let measured = names.into_iter().map(|name| (distance(asked, name), name));
    let mut near: Vec<(usize, &str)> =
        measured.filter(|(far, name)| *far <= (name.chars().count() / 3).max(1)).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().map(|(_, name)| name).collect()
}

fn lower(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

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
    fn the_nearest_comes_first_and_the_far_do_not_come() {
        let names = ["billing.yaml", "config.yaml", "bilings.yaml"];
        assert_eq!(nearest("biling.yaml", names), ["bilings.yaml", "billing.yaml"]);
        assert!(nearest("ingress.yaml", ["x", "database.yaml"]).is_empty());
    }
}
