//! How wide text becomes, without a font: wide enough for the usual sans-serif ones.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// The wider fonts that a system may choose (DejaVu, Verdana) against the narrower (Arial, Helvetica).
const SPARE: f64 = 1.1;

/// The width of a line in pixels at a font size.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(ems).sum::<f64>() * size * SPARE
}

/// The part of the font size that a character takes.
fn ems(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' => 0.28,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' | '·' => 0.36,
        'm' | 'M' | 'W' | '@' | '%' | '…' | '→' => 0.92,
        'w' => 0.76,
        'A'..='Z' | '&' | '+' | '=' | '<' | '>' | '~' | '#' => 0.7,
        _ if character.is_ascii() => 0.56,
        _ => match character.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.66,
            Some(_) => 1.05,
        },
    }
}

/// The text, cut in its middle so that it fits: names differ at their ends.
pub fn fit(text: &str, size: f64, most: f64) -> Cow<'_, str> {
    if width(text, size) <= most {
        return Cow::Borrowed(text);
    }
    let room = most - width("…", size);
    let head = taken(text.chars(), size, room * 0.5);
    let tail = taken(text.chars().rev(), size, room - width(&head, size));
    let tail: String = tail.chars().rev().collect();
    // A mark that combines with the letter before would combine with the dots.
    let tail = tail.trim_start_matches(|character: char| character.width() == Some(0));
    Cow::Owned(format!("{head}…{tail}"))
}

fn taken(characters: impl Iterator<Item = char>, size: f64, room: f64) -> String {
    let mut used = 0.0;
    let within = characters.take_while(|character| {
        used += ems(*character) * size * SPARE;
        used <= room
    });
    within.collect()
}

#[cfg(test)]
mod tests {
    use super::{fit, width};

    #[test]
    fn long_names_lose_their_middle_and_short_ones_nothing() {
        assert_eq!(fit("api", 13.0, 100.0), "api");
        let cut = fit("system:controller:horizontal-pod-autoscaler", 13.0, 120.0);
        assert!(cut.starts_with("system") && cut.ends_with("scaler") && cut.contains('…'), "{cut}");
        assert!(width(&cut, 13.0) <= 120.0);
    }

    #[test]
    fn no_room_leaves_the_dots() {
        assert_eq!(fit("名前名前名前名前", 13.0, 0.0), "…");
    }
}
