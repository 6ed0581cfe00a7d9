//! Overwrites a value where it stands: as long as before, so that lengths said elsewhere (a `Content-Length`, a field of
//! a protocol buffer) stay true, and a document stays one.

/// What stands in place of a letter, a digit or a sign.
const STAR: u8 = b'*';
/// What stands in place of a digit of a number that is not in quotes: a star would end the JSON there.
const DIGIT: u8 = b'9';

/// Overwrites `value`, which stands between `before` and `after`: the nearest bytes that are no white space, where there
/// are any.
pub fn overwrite(before: Option<u8>, value: &mut [u8], after: Option<u8>) {
    let sign = if is_number(value) && opens(before) && closes(after) { DIGIT } else { STAR };
    for byte in value.iter_mut().filter(|byte| sign == STAR || byte.is_ascii_digit()) {
        *byte = sign;
    }
}

/// Overwrites what lies from `start` to `end`, behind what went before.
pub fn within(bytes: &mut [u8], start: usize, end: usize, before: Option<u8>) {
    let Some((left, right)) = bytes.split_at_mut_checked(end) else { return };
    let Some((left, value)) = left.split_at_mut_checked(start) else { return };
    let is_sign = |byte: &u8| !byte.is_ascii_whitespace();
    let before = left.iter().copied().rfind(is_sign).or(before);
    overwrite(before, value, right.iter().copied().find(is_sign));
}

fn is_number(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
        && value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

fn opens(before: Option<u8>) -> bool {
    matches!(before, Some(b':' | b'[' | b',' | b'-'))
}

fn closes(after: Option<u8>) -> bool {
    matches!(after, Some(b',' | b']' | b'}' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::overwrite;

    fn masked(text: &str, value: &str) -> String {
        let at = text.find(value).unwrap();
        let mut bytes = text.as_bytes().to_vec();
        let near = |byte: &u8| !byte.is_ascii_whitespace();
        let before = bytes[..at].iter().copied().rfind(near);
        let after = bytes[at + value.len()..].iter().copied().find(near);
        overwrite(before, &mut bytes[at..at + value.len()], after);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn values_are_overwritten_and_documents_stay_documents() {
        assert_eq!(masked(r#"{"a": "ada@clinic.test"}"#, "ada@clinic.test"), r#"{"a": "***************"}"#);
        assert_eq!(masked(r#"{"a": 12345678 }"#, "12345678"), r#"{"a": 99999999 }"#);
        assert_eq!(masked(r#"[1, 48.137154, 2]"#, "48.137154"), "[1, 99.999999, 2]");
        assert_eq!(masked("to: 12345678", "12345678"), "to: ********");
        assert_eq!(masked("Zoë Ångström", "Zoë Ångström"), "***************");
    }
}
