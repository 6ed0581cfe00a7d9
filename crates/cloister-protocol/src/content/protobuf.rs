//! Protocol buffers without their schema: fields by number. Whether bytes are
//! a text or a message inside is told by what they look like.

use std::fmt::Write;

use crate::message::{MessageId, Place, Sink};

/// Fields of a message.
enum Value<'a> {
    Number(u64),
    Double(f64),
    Bytes(&'a [u8]),
}

/// Tells the fields of a message, as far as they can be read.
pub(super) fn tell(id: MessageId, message: &[u8], depth: usize, sink: &mut dyn Sink) {
    fields(id, message, &mut String::new(), depth, sink);
}

fn fields(id: MessageId, message: &[u8], path: &mut String, depth: usize, sink: &mut dyn Sink) {
    let mut rest = message;
    while !rest.is_empty() {
        let before = rest;
        let length = path.len();
        match next(&mut rest) {
            Some((number, value)) => {
                let _ = write!(path, "{}{number}", if length == 0 { "" } else { "." });
                field(id, value, path, depth, sink);
                path.truncate(length);
            }
            None => return sink.value(id, Place::Field(path), before, true),
        }
    }
}

fn field(id: MessageId, value: Value<'_>, path: &mut String, depth: usize, sink: &mut dyn Sink) {
    match value {
        Value::Number(number) => sink.value(id, Place::Field(path), number.to_string().as_bytes(), true),
        Value::Double(number) => {
            if number.is_finite() && (number == 0.0 || (1e-6..1e15).contains(&number.abs())) {
                sink.value(id, Place::Field(path), number.to_string().as_bytes(), true);
            }
        }
        Value::Bytes(bytes) if depth > 1 && is_message(bytes) => fields(id, bytes, path, depth - 1, sink),
        Value::Bytes(bytes) => sink.value(id, Place::Field(path), bytes, true),
    }
}

/// Whether bytes are fields to their end, and no text.
fn is_message(bytes: &[u8]) -> bool {
    let is_text =
        std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !"\t\n\r".contains(c)));
    if bytes.is_empty() || (is_text && bytes.first().is_some_and(|first| *first >= b' ')) {
        return false;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        if next(&mut rest).is_none() {
            return false;
        }
    }
    true
}

/// The next field: its number and value.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let tag = varint(rest)?;
    let number = tag >> 3;
    if number == 0 || number >= 1 << 29 {
        return None;
    }
    let value = match tag & 7 {
        0 => Value::Number(varint(rest)?),
        1 => Value::Double(f64::from_le_bytes(*take(rest, 8)?.first_chunk()?)),
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Value::Bytes(take(rest, length)?)
        }
        5 => Value::Double(f64::from(f32::from_le_bytes(*take(rest, 4)?.first_chunk()?))),
        _ => return None,
    };
    Some((number, value))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(rest, 1)?.first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::tests::HEAD;
    use crate::transcript::Transcript;

    fn told(message: &[u8], depth: usize) -> Vec<String> {
        let mut transcript = Transcript::default();
        transcript.begin(MessageId(0), &HEAD);
        tell(MessageId(0), message, depth, &mut transcript);
        let values = transcript.messages.remove(&MessageId(0)).unwrap().values;
        values.iter().map(|(place, value)| format!("{place}={}", String::from_utf8_lossy(value))).collect()
    }

    #[test]
    fn fields_are_told_by_their_numbers() {
        // 1: 150; 2: "ada@example.org"; 3: { 1: { 2: "Ada" }, 2: 1.5 }; 4: "line\nline"; 5: bytes.
        let mut message = vec![0x08, 0x96, 0x01, 0x12, 15];
        message.extend_from_slice(b"ada@example.org");
        message.extend_from_slice(&[0x1a, 16, 0x0a, 5, 0x12, 3, b'A', b'd', b'a', 0x11, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f]);
        message.extend_from_slice(b"\x22\x09line\nline\x2a\x02\xff\x00");
        let expected =
            ["field:1=150", "field:2=ada@example.org", "field:3.1.2=Ada", "field:3.2=1.5", "field:4=line\nline"];
        assert_eq!(told(&message, 32)[..5], expected);
        assert_eq!(told(&message, 1)[2], format!("field:3={}", String::from_utf8_lossy(&message[22..38])));
    }

    #[test]
    fn what_is_no_field_is_told_as_it_is() {
        assert_eq!(told(b"\x08\x01\xffrest", 32), ["field:1=1", "field:=\u{fffd}rest"]);
        let deep = (0..100_u8).fold(vec![0x08, 1], |inner, _| {
            let mut outer = vec![0x0a];
            let (low, high) = ((inner.len() & 0x7f) as u8 | 0x80, (inner.len() >> 7) as u8);
            outer.extend_from_slice(&[low, high]);
            outer.extend_from_slice(&inner);
            outer
        });
        assert_eq!(told(&deep, 32).len(), 1);
    }
}
