//! The age of a key, where its name tells it: `key-2025-03-01`, `key20250301`, `2025_03`.

use jiff::civil::Date;

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
    (2014..2100).contains(&date.year()).then_some(date)
}

fn number(text: &str, digits: usize) -> Option<(i16, &str)> {
    let word = text.get(..digits).filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((word.parse().ok()?, text.get(digits..)?))
}

#[cfg(test)]
mod tests {
    use super::date_in;

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
}
