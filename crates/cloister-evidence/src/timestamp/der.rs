//! DER (X.690), as far as timestamps need it: short tags and definite lengths, each written the one way that there is.

/// `BOOLEAN`.
pub(super) const BOOLEAN: u8 = 0x01;
/// `INTEGER`.
pub(super) const INTEGER: u8 = 0x02;
/// `BIT STRING`.
pub(super) const BITS: u8 = 0x03;
/// `OCTET STRING`.
pub(super) const OCTETS: u8 = 0x04;
/// `OBJECT IDENTIFIER`.
pub(super) const OBJECT: u8 = 0x06;
/// `UTF8String`.
pub(super) const UTF8: u8 = 0x0c;
/// `GeneralizedTime`.
pub(super) const TIME: u8 = 0x18;
/// `SEQUENCE`.
pub(super) const SEQUENCE: u8 = 0x30;
/// `SET`.
pub(super) const SET: u8 = 0x31;

/// The tag of a constructed field with this number.
pub(super) const fn field(number: u8) -> u8 {
    0xa0 | number
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value<'a> {
    /// Its first byte.
    pub tag: u8,
    /// Without tag and length.
    pub content: &'a [u8],
    /// With them.
    pub whole: &'a [u8],
}

/// Values, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Values<'a> {
        Values(bytes)
    }

    /// The next one, whatever it is; `None` where there is none, or it is not DER.
    pub(super) fn any(&mut self) -> Option<Value<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // Tags of more than one byte stand in nothing that is read here.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = length(rest)?;
        let (content, after) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - after.len())?;
        self.0 = after;
        Some(Value { tag, content, whole })
    }

    /// The next one, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<Value<'a>> {
        self.any().filter(|value| value.tag == tag)
    }

    /// What is in the next one, which must have this tag.
    pub(super) fn inside(&mut self, tag: u8) -> Option<Values<'a>> {
        self.take(tag).map(|value| Values(value.content))
    }

    /// The next one, if it has this tag; `Err` where what follows is not DER.
    pub(super) fn maybe(&mut self, tag: u8) -> Option<Option<Value<'a>>> {
        if self.0.first() == Some(&tag) { self.any().map(Some) } else { Some(None) }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Some` where nothing is left.
    pub(super) fn end(self) -> Option<()> {
        self.is_empty().then_some(())
    }
}

/// A value that fills these bytes.
pub(super) fn only(bytes: &[u8], tag: u8) -> Option<Values<'_>> {
    let mut values = Values(bytes);
    let inside = values.inside(tag)?;
    values.end()?;
    Some(inside)
}

/// A length in the fewest bytes, and what follows it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    let (digits, rest) = rest.split_at_checked(count)?;
    let is_shortest = (1..=4).contains(&count) && digits.first() != Some(&0);
    let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    (is_shortest && length >= 0x80).then_some((length, rest))
}

/// A number that is not negative and fits, in the fewest bytes.
pub(super) fn number(content: &[u8]) -> Option<u32> {
    let (&first, rest) = content.split_first()?;
    let is_shortest = first != 0 || rest.first().is_none_or(|next| *next >= 0x80);
    let fits = content.len() <= 4 || content.len() == 5 && first == 0;
    let value = content.iter().fold(0_u64, |value, digit| value << 8 | u64::from(*digit));
    (first < 0x80 && is_shortest && fits).then_some(value).and_then(|value| u32::try_from(value).ok())
}

/// `TRUE` or `FALSE`, as DER writes them.
pub(super) fn truth(content: &[u8]) -> Option<bool> {
    match content {
        [0] => Some(false),
        [0xff] => Some(true),
        _ => None,
    }
}

/// A value with this tag.
pub(super) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let digits = content.len().to_be_bytes();
    let digits = digits.get(digits.iter().take_while(|digit| **digit == 0).count()..).unwrap_or_default();
    let mut bytes = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            bytes.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
            bytes.extend_from_slice(digits);
        }
    }
    bytes.extend_from_slice(&content);
    bytes
}

/// A number of these big-endian bytes, in the fewest.
pub(super) fn write_number(bytes: &[u8]) -> Vec<u8> {
    let digits = bytes.get(bytes.iter().take_while(|byte| **byte == 0).count()..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    write(INTEGER, &[sign, digits])
}

/// `1.2.840.…` as its bytes.
pub(super) fn write_object(text: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u32> = text.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
    let (&[first, second], rest) = arcs.split_first_chunk::<2>()?;
    if first > 2 || first < 2 && second > 39 {
        return None;
    }
    let mut bytes = Vec::new();
    for arc in std::iter::once(first.checked_mul(40)?.checked_add(second)?).chain(rest.iter().copied()) {
        let digits = (0..5).rev().map(|place| (arc >> (7 * place) & 0x7f) as u8);
        let digits: Vec<u8> = digits.skip_while(|digit| *digit == 0).collect();
        let last = digits.len().saturating_sub(1);
        bytes.extend(digits.iter().take(last).map(|digit| digit | 0x80));
        bytes.push(digits.last().copied().unwrap_or_default());
    }
    // One way to write it: no zeros before, no signs.
    (read_object(&bytes)? == text).then_some(bytes)
}

/// The bytes as `1.2.840.…`.
pub(super) fn read_object(bytes: &[u8]) -> Option<String> {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0_u64;
    for byte in bytes {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(std::mem::take(&mut arc));
        } else if arc == 0 {
            return None;
        }
    }
    let is_whole = bytes.last().is_some_and(|last| last & 0x80 == 0);
    let (joined, rest) = arcs.split_first().filter(|_| is_whole)?;
    let first = (joined / 40).min(2);
    let parts = [first, joined - 40 * first].into_iter().chain(rest.iter().copied());
    Some(parts.map(|part| part.to_string()).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let bytes = write(OCTETS, &[&content]);
            let mut values = Values::new(&bytes);
            let value = values.take(OCTETS).unwrap();
            assert_eq!((value.content, value.whole, values.is_empty()), (&content[..], &bytes[..], true));
        }
        for text in ["1.2.840.113549.1.9.16.2.47", "2.999.3", "0.0", "2.16.840.1.101.3.4.2.1"] {
            assert_eq!(read_object(&write_object(text).unwrap()).as_deref(), Some(text));
        }
        assert_eq!(write_number(&[0, 0, 0x80]), [INTEGER, 2, 0, 0x80]);
        assert_eq!(write_number(&[0, 0]), [INTEGER, 1, 0]);
        assert_eq!((number(&[0, 0x80]), number(&[0, 1]), number(&[0x80])), (Some(128), None, None));
    }

    #[test]
    fn there_is_one_way_to_write_each() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81, 1, 0],
            &[0x30, 0x82, 0, 1, 0],
            &[0x30, 2, 0],
            &[0x3f, 1, 0],
            &[0x30, 0x85, 1, 0, 0, 0, 0],
        ] {
            assert!(Values::new(bytes).any().is_none(), "{bytes:?}");
        }
        for text in ["", "1", "3.1", "1.40", "1.02.3", "1.+2.3", "1..2", "1.2.99999999999"] {
            assert!(write_object(text).is_none(), "{text}");
        }
        assert_eq!((read_object(&[0x80, 1]), read_object(&[0x2a, 0x86])), (None, None));
        assert_eq!((truth(&[0xff]), truth(&[0]), truth(&[1]), truth(&[])), (Some(true), Some(false), None, None));
    }
}
