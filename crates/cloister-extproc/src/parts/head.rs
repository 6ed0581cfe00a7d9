//! The head of a part: what it says of the content, and what of it is searched itself.

use std::ops::Range;

use cloister_dlp::{At, Where, unescaped};

use crate::body::{self, Judge, Onward};
use crate::guard::Setting;

/// What a head says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The media type, without parameters.
    pub media: String,
    /// What parts it, where it consists of parts.
    pub boundary: String,
    /// The name of the field.
    pub name: String,
    /// It is a file.
    pub is_file: bool,
    /// It is in base64 or quoted-printable.
    pub is_coded: bool,
}

/// A parameter of a field: its name in small letters, what it says, and where that stands.
struct Parameter {
    name: String,
    value: String,
    place: Range<usize>,
}

impl Head {
    /// Reads it, and searches what in it may be personal: the name of a file; outside of forms, every field. What must
    /// not go on is overwritten.
    pub fn read(setting: &Setting, form: bool, bytes: &mut [u8], judge: &mut Judge<'_>) -> (Head, Onward) {
        let (mut head, mut onward) = (Head { media: "text/plain".to_owned(), ..Head::default() }, Onward::Yes);
        let fields = fields(bytes);
        for field in &fields {
            head.take(bytes, field);
        }
        for field in fields {
            let name = lower(bytes, &field.name);
            if form && name != "content-disposition" {
                continue;
            }
            let places = if form { file_names(bytes, &field, &head.name) } else { vec![(name, field.value, None)] };
            for (name, place, plain) in places {
                let at =
                    At { place: if form { Where::Field } else { Where::Header }, field: &name, media: "", raw: true };
                onward = onward.and(search(setting, &at, bytes, place, plain, judge));
            }
        }
        (head, onward)
    }

    /// Where its content stands.
    pub fn at(&self, form: bool) -> At<'_> {
        let place = if form && !self.is_file { Where::Field } else { Where::Body };
        At { place, field: &self.name, media: &self.media, raw: true }
    }

    fn take(&mut self, bytes: &[u8], field: &Field) {
        let value = text(bytes, &field.value);
        let first = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let all = parameters(bytes, &field.value);
        let of = |name: &str| all.iter().find(|it| it.name == name).map(|it| it.value.clone());
        match lower(bytes, &field.name).as_str() {
            "content-type" => (self.media, self.boundary) = (first, of("boundary").unwrap_or_default()),
            "content-disposition" => {
                self.name = of("name").unwrap_or_default();
                self.is_file = all.iter().any(is_file_name);
            }
            "content-transfer-encoding" => self.is_coded = matches!(first.as_str(), "base64" | "quoted-printable"),
            _ => {}
        }
    }
}

fn is_file_name(parameter: &Parameter) -> bool {
    matches!(parameter.name.as_str(), "filename" | "filename*")
}

/// What files are called, each with the place of it and how it reads.
fn file_names(bytes: &[u8], field: &Field, name: &str) -> Vec<(String, Range<usize>, Option<String>)> {
    let all = parameters(bytes, &field.value).into_iter().filter(is_file_name);
    all.map(|it| (format!("{name}.filename"), it.place, Some(it.value))).collect()
}

/// Searches what stands at a place; what was written in another way is overwritten as a whole.
fn search(
    setting: &Setting,
    at: &At<'_>,
    bytes: &mut [u8],
    place: Range<usize>,
    plain: Option<String>,
    judge: &mut Judge<'_>,
) -> Onward {
    let Some(written) = bytes.get_mut(place) else { return Onward::Yes };
    let plain = plain.map_or_else(|| written.to_vec(), String::into_bytes);
    let (changed, onward) = body::field(setting, at, &plain, judge);
    match changed {
        Some(changed) if plain == written => written.copy_from_slice(&changed),
        Some(_) => written.fill(b'*'),
        None => {}
    }
    onward
}

/// A field of a head: where its name and its value stand.
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

/// The fields; lines that begin with white space go on with the one before.
fn fields(bytes: &[u8]) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let end = start + line.trim_ascii_end().len();
        let goes_on = line.first().is_some_and(|first| matches!(first, b' ' | b'\t'));
        match (fields.last_mut().filter(|_| goes_on), line.iter().position(|byte| *byte == b':')) {
            (Some(last), _) => last.value.end = end.max(last.value.end),
            (None, Some(colon)) => {
                let value = start + colon + 1;
                fields.push(Field { name: start..start + colon, value: value..end.max(value) });
            }
            (None, None) => {}
        }
        start += line.len();
    }
    fields
}

/// The parameters of a value (RFC 2045, 5.1): what is quoted may hold a `;`, and `name*` is percent-coded (RFC 2231).
fn parameters(bytes: &[u8], value: &Range<usize>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let mut at = value.start + piece(bytes.get(value.clone()).unwrap_or_default());
    while at < value.end {
        let from = at + 1;
        let length = piece(bytes.get(from..value.end).unwrap_or_default());
        at = from + length;
        let said = bytes.get(from..at).unwrap_or_default();
        if let Some(equals) = said.iter().position(|byte| *byte == b'=') {
            parameters.push(parameter(bytes, from..from + equals, from + equals + 1..at));
        }
    }
    parameters
}

fn parameter(bytes: &[u8], name: Range<usize>, written: Range<usize>) -> Parameter {
    let name = lower(bytes, &name);
    let all = bytes.get(written.clone()).unwrap_or_default();
    let start = written.start + (all.len() - all.trim_ascii_start().len());
    let word = all.trim_ascii();
    let Some(quoted) = word.strip_prefix(b"\"") else {
        let value = if name.ends_with('*') {
            unescaped(word.rsplit(|byte| *byte == b'\'').next().unwrap_or_default())
        } else {
            String::from_utf8_lossy(word).into_owned()
        };
        return Parameter { name, value, place: start..start + word.len() };
    };
    let length = closing(quoted);
    let inner = quoted.get(..length).unwrap_or_default();
    let mut plain = Vec::with_capacity(inner.len());
    let mut letters = inner.iter();
    while let Some(byte) = letters.next() {
        plain.extend(if *byte == b'\\' { letters.next() } else { Some(byte) });
    }
    let value = String::from_utf8_lossy(&plain).into_owned();
    Parameter { name, value, place: start + 1..start + 1 + length }
}

/// Up to the next `;` outside of quotes.
fn piece(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b';' => return at,
            b'"' => at += closing(bytes.get(at + 1..).unwrap_or_default()) + 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the quote closes.
fn closing(quoted: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = quoted.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    quoted.len()
}

fn text(bytes: &[u8], place: &Range<usize>) -> String {
    String::from_utf8_lossy(bytes.get(place.clone()).unwrap_or_default()).trim().to_owned()
}

fn lower(bytes: &[u8], place: &Range<usize>) -> String {
    text(bytes, place).to_ascii_lowercase()
}

/// The boundary that a `Content-Type` states; empty where it states none.
pub fn boundary(content_type: &[u8]) -> String {
    let all = parameters(content_type, &(0..content_type.len()));
    all.into_iter().find(|it| it.name == "boundary").map(|it| it.value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_with_their_places() {
        let bytes = br#"form-data; Name="a; \"b\""; filename*=UTF-8''na%C3%AFve.txt ; x= y ;z"#;
        let all = parameters(bytes, &(0..bytes.len()));
        let told: Vec<(&str, &str, &[u8])> =
            all.iter().map(|it| (it.name.as_str(), it.value.as_str(), &bytes[it.place.clone()])).collect();
        let expected: [(&str, &str, &[u8]); 3] = [
            ("name", "a; \"b\"", br#"a; \"b\""#),
            ("filename*", "naïve.txt", b"UTF-8''na%C3%AFve.txt"),
            ("x", "y", b"y"),
        ];
        assert_eq!(told, expected);
        assert_eq!(boundary(b"multipart/form-data; charset=utf-8; boundary=\"x y\""), "x y");
        assert_eq!(boundary(b"multipart/form-data"), "");
    }
}
