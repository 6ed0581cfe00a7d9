//! How parts and words of heads are coded for transfer.

use cloister_base64::Base64;
use memchr::memmem;

use super::Out;
use super::charset::Charset;

/// What a head says of its part.
#[derive(Debug, Default)]
pub struct Head {
    media: Option<String>,
    transfer: String,
    pub charset: Charset,
    pub boundary: Option<Vec<u8>>,
}

/// How the lines of a part are written.
#[derive(Debug, Default)]
pub enum Coding {
    /// As they are.
    #[default]
    Same,
    /// `=C3=A9` for é.
    Quoted,
    /// Three bytes as four letters.
    Base64(Base64),
}

/// Where a line starts, and its number.
type Begin = (usize, u64);

impl Head {
    /// One field of it.
    pub fn field(&mut self, field: &[u8]) {
        let field = String::from_utf8_lossy(field);
        let Some((name, value)) = field.split_once(':') else { return };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-type" => {
                let media = value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
                self.boundary =
                    parameter(value, "boundary").filter(|_| media.starts_with("multipart/")).map(String::into_bytes);
                self.charset = parameter(value, "charset").map_or(Charset::Utf8, |name| Charset::named(&name));
                self.media = Some(media);
            }
            "content-transfer-encoding" => self.transfer = value.to_ascii_lowercase(),
            _ => {}
        }
    }

    /// Whether the part is a mail itself.
    pub fn is_message(&self) -> bool {
        self.media.as_deref() == Some("message/rfc822") && matches!(self.coding(), Coding::Same)
    }

    /// Whether the part can be read.
    pub fn is_text(&self) -> bool {
        let Some(media) = self.media.as_deref() else { return true };
        let text = ["json", "xml", "csv", "yaml", "sql", "x-www-form-urlencoded"];
        ["text/", "message/", "multipart/"].iter().any(|start| media.starts_with(start))
            || text.iter().any(|kind| media.ends_with(kind))
    }

    /// How the lines of the part are written.
    pub fn coding(&self) -> Coding {
        match self.transfer.as_str() {
            "quoted-printable" => Coding::Quoted,
            "base64" => Coding::Base64(Base64::default()),
            _ => Coding::Same,
        }
    }
}

/// A parameter of a field: `; name=value`, in quotes or not.
fn parameter(field: &str, name: &str) -> Option<String> {
    field.split(';').skip(1).find_map(|part| {
        let (own, value) = part.split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix('"').and_then(|value| value.split('"').next()).unwrap_or(value);
        own.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

/// The byte that `=C3` stands for.
fn quoted(bytes: &[u8]) -> Option<u8> {
    let [b'=', high, low, ..] = bytes else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

impl Coding {
    /// A line of a part, in `charset`.
    pub fn line(&mut self, line: &[u8], charset: Charset, begin: Begin, out: &mut Out) {
        match self {
            Coding::Same => as_it_is(line, charset, begin, out),
            Coding::Quoted => quoted_line(line, charset, begin, out),
            Coding::Base64(base64) => base64_line(line, charset, begin, base64, out),
        }
    }
}

/// Text without a coding: letters of other charsets become those of UTF-8.
fn as_it_is(line: &[u8], charset: Charset, (start, number): Begin, out: &mut Out) {
    let mut from = 0;
    for (at, byte) in line.iter().enumerate().filter(|(_, byte)| **byte >= 0x80) {
        if let Some(letter) = charset.letter(*byte) {
            out.same(line.get(from..at).unwrap_or_default(), start + from, number);
            out.one(letter.encode_utf8(&mut [0; 4]).as_bytes(), start + at, 1, number);
            from = at + 1;
        }
    }
    out.same(line.get(from..).unwrap_or_default(), start + from, number);
}

fn quoted_line(line: &[u8], charset: Charset, (start, number): Begin, out: &mut Out) {
    let text = line.trim_ascii_end();
    // A line that goes on ends with a sign of its own.
    let soft = text.ends_with(b"=");
    let text = text.strip_suffix(b"=").unwrap_or(text);
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'=', text.get(from..).unwrap_or_default()).map(|at| from + at) {
        let Some(byte) = quoted(text.get(at..).unwrap_or_default()) else {
            out.same(text.get(from..=at).unwrap_or_default(), start + from, number);
            from = at + 1;
            continue;
        };
        out.same(text.get(from..at).unwrap_or_default(), start + from, number);
        match charset.letter(byte) {
            Some(letter) => out.one(letter.encode_utf8(&mut [0; 4]).as_bytes(), start + at, 3, number),
            None => out.one(&[byte], start + at, 3, number),
        }
        from = at + 3;
    }
    out.same(text.get(from..).unwrap_or_default(), start + from, number);
    if !soft {
        out.same(line.get(text.len()..).unwrap_or_default(), start + text.len(), number);
    }
}

fn base64_line(line: &[u8], charset: Charset, (start, number): Begin, base64: &mut Base64, out: &mut Out) {
    let start = start.saturating_sub(base64.waiting());
    let mut bytes = base64.push(line);
    if line.contains(&b'=') {
        bytes.extend(base64.end());
    }
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| **byte >= 0x80) {
        if let Some(letter) = charset.letter(*byte) {
            out.base64(bytes.get(from..at).unwrap_or_default(), start, from, number);
            out.one(letter.encode_utf8(&mut [0; 4]).as_bytes(), start + at / 3 * 4 + at % 3, 2, number);
            from = at + 1;
        }
    }
    out.base64(bytes.get(from..).unwrap_or_default(), start, from, number);
}

/// A line of a head, whose words may be coded: `=?UTF-8?Q?Ren=C3=A9?=` (RFC 2047).
pub fn words(line: &[u8], (start, number): Begin, out: &mut Out) {
    let mut from = 0;
    let mut after_word = false;
    while let Some(at) = memmem::find(line.get(from..).unwrap_or_default(), b"=?").map(|at| from + at) {
        let between = line.get(from..at).unwrap_or_default();
        let Some((text, length)) = word(line.get(at..).unwrap_or_default()) else {
            out.same(line.get(from..at + 2).unwrap_or_default(), start + from, number);
            (from, after_word) = (at + 2, false);
            continue;
        };
        // Blanks between two such words belong to neither.
        if !after_word || !between.trim_ascii().is_empty() {
            out.same(between, start + from, number);
        }
        out.one(&text, start + at, length, number);
        (from, after_word) = (at + length, true);
    }
    out.same(line.get(from..).unwrap_or_default(), start + from, number);
}

/// The coded word at the start of `bytes`, and how long it is.
fn word(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut parts = bytes.get(2..)?.splitn(3, |byte| *byte == b'?');
    let (charset, coding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = memmem::find(rest, b"?=")?;
    let text = rest.get(..end)?;
    let length = 2 + charset.len() + 1 + coding.len() + 1 + end + 2;
    let charset = std::str::from_utf8(charset).ok()?.split('*').next()?;
    let mut out = Out::default();
    match coding {
        b"B" | b"b" => {
            base64_line(text, Charset::Utf8, (0, 0), &mut Base64::default(), &mut out);
        }
        b"Q" | b"q" => {
            let blanks: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
            quoted_line(&blanks, Charset::Utf8, (0, 0), &mut out);
        }
        _ => return None,
    }
    Some((Charset::named(charset).decode(&out.bytes), length))
}
