//! Text from manifests, made harmless for eyes and terminals.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether showing this character could move a cursor, reorder a line or hide something.
pub fn is_hostile(character: char) -> bool {
    // Cc: escape sequences start here. The rest is Cf: bidirectional overrides and
    // isolates (Unicode TR 36, 3.1), zero-width and other invisible characters.
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// One line of text in which every hostile character stands as `\u{…}`, to be seen.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Most text is plain, and seen to be so many bytes at a time.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if is_plain || !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hostile(character) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_could_deceive_is_shown_and_the_rest_is_left() {
        assert_eq!(clean("Müller · 東京 – ok"), "Müller · 東京 – ok");
        assert_eq!(clean("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
        assert_eq!(clean("a\u{202e}txt.exe"), "a\\u{202e}txt.exe");
        assert_eq!(clean("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(clean("line\nbreak"), "line\\u{a}break");
        assert_eq!(clean("zero\u{200b}width"), "zero\\u{200b}width");
    }
}
