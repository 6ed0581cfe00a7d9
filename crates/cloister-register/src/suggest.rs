//! "Did you mean …?"

/// The known word that is nearest to `written`, if any is near: at most a
/// third of its letters differ, in spelling or in case and dashes.
pub(crate) fn closest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(written);
    let scored = known.map(|word| (distance(&plain, &self::plain(word)), word));
    let (steps, word) = scored.min_by_key(|(steps, _)| *steps)?;
    (steps <= plain.len().max(3) / 3).then_some(word)
}

fn plain(word: &str) -> Vec<char> {
    word.chars().filter(|letter| letter.is_alphanumeric()).take(64).flat_map(char::to_lowercase).collect()
}

/// Levenshtein's distance, by one row.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.iter().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(to) {
            let above = *cell;
            *cell = (diagonal + usize::from(letter != other)).min(above + 1).min(left + 1);
            diagonal = above;
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = || ["lawfulBasis", "retention", "dataCategories", "legal-obligation"].into_iter();
        assert_eq!(closest("lawful_basis", known()), Some("lawfulBasis"));
        assert_eq!(closest("retension", known()), Some("retention"));
        assert_eq!(closest("legalObligation", known()), Some("legal-obligation"));
        assert_eq!(closest("colour", known()), None);
        assert_eq!(closest("", known()), None);
    }
}
