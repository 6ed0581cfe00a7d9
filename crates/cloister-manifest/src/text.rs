//! Bytes to text: byte-order marks and the encodings that editors leave behind.

use std::borrow::Cow;

/// What bytes turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// Text, without its byte-order mark.
    Text(Cow<'a, str>),
    /// Holds NUL bytes or control characters: no text at all.
    Binary,
    /// Text in an encoding that is not Unicode; the line of the first strange byte.
    NotUnicode {
        /// Line, from 1.
        line: u32,
    },
}

/// Decodes UTF-8 and, told by their byte-order mark, UTF-16 in both orders.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Decoded<'_> {
    if memchr::memchr(0, bytes.get(..8192).unwrap_or(bytes)).is_some() {
        return Decoded::Binary;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded::Text(Cow::Borrowed(text)),
        Err(error) => {
            let newlines = memchr::memchr_iter(b'\n', bytes.get(..error.valid_up_to()).unwrap_or(bytes)).count();
            Decoded::NotUnicode { line: u32::try_from(newlines).unwrap_or(u32::MAX).saturating_add(1) }
        }
    }
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Decoded<'_> {
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(read);
    match char::decode_utf16(units).collect::<Result<String, _>>() {
        Ok(text) => Decoded::Text(Cow::Owned(text)),
        Err(_) => Decoded::NotUnicode { line: 1 },
    }
}

/// The line, from 0, and column, from 0, of the first control character, which YAML forbids.
pub fn forbidden(text: &str) -> Option<(usize, usize)> {
    // Bytes first, and many at once: what is forbidden, or begins a character that may be.
    let suspicious = |byte: u8| {
        u8::from(byte < 0x20) & u8::from(byte != b'\t') & u8::from(byte != b'\n') & u8::from(byte != b'\r')
            | u8::from(byte == 0x7f)
            | u8::from(byte == 0xc2)
            | u8::from(byte == 0xef)
    };
    let any = |bytes: &[u8]| bytes.iter().fold(0, |any, byte| any | suspicious(*byte)) != 0;
    if !text.as_bytes().chunks(256).any(any) {
        return None;
    }
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    let found = text.char_indices().find(|(_, c)| !allowed(*c))?.0;
    let before = text.get(..found)?;
    let line = before.matches('\n').count();
    Some((line, before.chars().rev().take_while(|c| *c != '\n').count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_no_part_of_the_text() {
        assert_eq!(decode(b"\xEF\xBB\xBFkind: Pod"), Decoded::Text("kind: Pod".into()));
        assert_eq!(decode(b"\xFF\xFEk\0"), Decoded::Text("k".into()));
        assert_eq!(decode(b"\xFE\xFF\0k"), Decoded::Text("k".into()));
    }

    #[test]
    fn what_yaml_forbids_is_found_where_it_stands() {
        assert_eq!(forbidden("a: é\nb: \u{1}"), Some((1, 3)));
        assert_eq!(forbidden("a\u{7f}"), Some((0, 1)));
        assert_eq!(forbidden("a: \u{85}\u{2028}\u{1f980}\t\r\n"), None);
    }

    #[test]
    fn other_encodings_and_binaries_are_told_apart() {
        assert_eq!(decode(b"a: 1\nb: M\xFCller"), Decoded::NotUnicode { line: 2 });
        assert_eq!(decode(b"\x7fELF\0\0"), Decoded::Binary);
    }
}
