//! "Did you mean …?"

use cloister_model::spelling::distance;

/// The known word that is nearest to `written`, if any is near: at most a
/// third of its letters differ, in spelling or in case and dashes.
pub(crate) fn closest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(written);
    let scored = known.map(|word| (distance(&plain, &self::plain(word)), word));
    let (steps, word) = scored.min_by_key(|(steps, _)| *steps)?;
    (steps <= plain.chars().count().max(3) / 3).then_some(word)
}

fn plain(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).take(64).collect()
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
