//! The age of a key, where anything shows it: its name (`key-2025-03-01`, `key20250301`, `2025_03`), or that its file has
//! not changed.
//!
//! What the last change of a file proves: what stands in it now stood in it then, so each of its keys is **at least** that
//! old. It never proves that a key is young: a change may have been for something else, and restoring or deploying the
//! same text anew is a change, too.

use jiff::civil::Date;

/// A day on which a key was there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Its name tells it.
    Name(Date),
    /// Its file has not changed since.
    File(Date),
}

/// The first year of which a date is believed. Files of images and package stores are often set to 1970 or 1980.
const FIRST: i16 = 2014;

impl Since {
    pub(super) fn earliest(name: Option<Date>, file: Option<Date>) -> Option<Since> {
        let file = file.filter(|day| day.year() >= FIRST);
        match (name, file) {
            (Some(name), Some(file)) if file < name => Some(Since::File(file)),
            (Some(name), _) => Some(Since::Name(name)),
            (None, file) => file.map(Since::File),
        }
    }
}

/// The first date in a name. A month without a day is its first day.
pub(super) fn date_in(name: &str) -> Option<Date> {
    let starts = name.char_indices().filter(|(at, letter)| {
        let before = name.get(..*at).and_then(|text| text.chars().next_back());
        letter.is_ascii_digit() && !before.is_some_and(|letter| letter.is_ascii_digit())
    });
    starts.filter_map(|(at, _)| date_at(name.get(at..)?)).next()
}

fn date_at(text: &str) -> Option<Date> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.trim_start_matches(['-', '_', '.']), 2)?;
    let separated = rest.trim_start_matches(['-', '_', '.']);
    let day = match number(separated, 2) {
        Some((day, rest)) if !rest.starts_with(|letter: char| letter.is_ascii_digit()) => day,
        // More digits: a number, and no date.
        _ if separated.len() == rest.len() && rest.starts_with(|letter: char| letter.is_ascii_digit()) => return None,
        _ => 1,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (FIRST..2100).contains(&date.year()).then_some(date)
}

fn number(text: &str, digits: usize) -> Option<(i16, &str)> {
    let word = text.get(..digits).filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((word.parse().ok()?, text.get(digits..)?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Since, date_in};

    #[test]
    fn dates_are_found_in_names_and_numbers_are_none() {
        let told = |name| date_in(name).map(|date| date.to_string());
        for name in ["key-2025-03-01", "key20250301", "k2025.03.01-a", "2025_03", "k-202503", "2025-03-x"] {
            assert_eq!(told(name).as_deref(), Some("2025-03-01"), "{name}");
        }
        for name in ["key1", "key", "2025", "key-123456789", "key-20251301", "k-20250230", "1999-01-01", "12025-03-01"]
        {
            assert_eq!(told(name), None, "{name}");
        }
    }

    #[test]
    fn the_earlier_of_two_days_counts_and_epochs_are_not_believed() {
        let (old, new) = (Some(date(2024, 1, 2)), Some(date(2026, 3, 4)));
        assert_eq!(Since::earliest(new, old), old.map(Since::File));
        assert_eq!(Since::earliest(old, new), old.map(Since::Name));
        assert_eq!(Since::earliest(None, old), old.map(Since::File));
        for epoch in [date(1970, 1, 1), date(1980, 1, 1)] {
            assert_eq!(Since::earliest(new, Some(epoch)), new.map(Since::Name));
            assert_eq!(Since::earliest(None, Some(epoch)), None);
        }
    }
}
