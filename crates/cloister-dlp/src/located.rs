//! Where in a structured value something stands: walked along by the locators of `cloister-detect`, forms by one of our
//! own.

use cloister_detect::Detection;
use cloister_detect::locate::{Format, Locator, sniff};

use crate::judge::Where;
use crate::reading::{At, Spot};

/// So many first bytes say how a value is built.
const HEAD: usize = 2048;
/// The longest name of a form's field.
const NAME: usize = 128;

/// What is known of a value's structure.
pub(crate) enum Track {
    /// It is looked at when its first bytes come.
    Unknown(Kind),
    /// It has none, and lines do not matter.
    None,
    /// A document.
    Locator { locator: Box<Locator>, format: Format },
    /// A form.
    Form(Form),
}

/// What may be expected.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    expected: Expected,
    /// Somebody asks for records and lines.
    lines: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Format(Format),
    /// Whatever its beginning says.
    Any,
    /// JSON, or nothing: what stands in columns and fields.
    Json,
    Table,
    Form,
    Nothing,
}

impl Track {
    /// Of a value that stands here. `lines`: somebody asks for records and lines.
    pub fn begin(at: &At<'_>, lines: bool) -> Track {
        let expected = match at.place {
            Where::Body => of_media(at.media, at.raw),
            Where::Text => Expected::Any,
            Where::Statement => Expected::Format(Format::Sql),
            Where::Column | Where::Field => Expected::Json,
            Where::Path | Where::Query | Where::Header => Expected::Nothing,
        };
        Track::Unknown(Kind { expected, lines })
    }

    /// The first bytes say what it is.
    pub fn begin_with(&mut self, bytes: &[u8]) {
        let Track::Unknown(kind) = *self else { return };
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        if head.is_empty() {
            return;
        }
        let format = match kind.expected {
            Expected::Form => {
                *self = Track::Form(Form::default());
                return;
            }
            Expected::Format(format) => format,
            Expected::Any => sniff("", head),
            Expected::Table => match sniff("table.csv", head) {
                format @ Format::Csv(_) => format,
                _ => Format::Csv(b','),
            },
            Expected::Json if matches!(head.first(), Some(b'{' | b'[')) => match sniff("", head) {
                Format::JsonLines => Format::JsonLines,
                Format::Json => Format::Json,
                _ => Format::Text,
            },
            Expected::Json | Expected::Nothing => Format::Text,
        };
        let matters = format != Format::Text || kind.lines;
        *self = if matters { Track::Locator { locator: Box::new(Locator::new(format)), format } } else { Track::None };
    }

    /// Whether so many first bytes say what it is as surely as more would.
    pub fn may_begin(&self, bytes: usize) -> bool {
        let Track::Unknown(kind) = self else { return true };
        bytes >= HEAD || matches!(kind.expected, Expected::Format(_) | Expected::Form | Expected::Nothing)
    }

    /// How far it is; none where nothing is walked.
    pub fn position(&self) -> Option<usize> {
        match self {
            Track::Unknown(_) | Track::None => None,
            Track::Locator { locator, .. } => usize::try_from(locator.position()).ok(),
            Track::Form(form) => Some(form.position),
        }
    }

    /// The next bytes.
    pub fn advance(&mut self, bytes: &[u8]) {
        match self {
            Track::Unknown(_) | Track::None => {}
            Track::Locator { locator, .. } => locator.advance(bytes),
            Track::Form(form) => form.advance(bytes),
        }
    }

    /// Where a detection stands that starts here, in the value of `field`.
    pub fn spot(&mut self, field: &str, detection: &Detection) -> Spot {
        let named = |name: String, record, line| Spot { field: name.clone(), path: name.clone(), name, record, line };
        let column = detection.column.as_deref();
        match self {
            Track::Unknown(_) | Track::None => named(column.unwrap_or(field).to_owned(), None, 1),
            Track::Form(form) => named(form.name(), Some(0), 1),
            Track::Locator { locator, format } => {
                let place = locator.place();
                let line = locator.line();
                if *format == Format::Text {
                    return named(column.unwrap_or(field).to_owned(), None, line);
                }
                let lost = place.shape == "lines";
                // A table within a text has names for its columns too.
                let name = if place.field.is_empty() { column.unwrap_or(field).to_owned() } else { place.field };
                let within = |shape: &str| match (field.is_empty(), shape.starts_with('/')) {
                    (false, true) => format!("{field}{shape}"),
                    (true, _) => shape.to_owned(),
                    (false, false) => format!("{field}/{shape}"),
                };
                let told = if lost { name.clone() } else { within(&place.shape) };
                Spot {
                    field: told,
                    name,
                    path: if lost { String::new() } else { within(&place.path) },
                    record: place.record,
                    line,
                }
            }
        }
    }
}

fn of_media(media: &str, raw: bool) -> Expected {
    let ends = |word: &str| media.strip_suffix(word).is_some_and(|rest| rest.ends_with(['/', '+']));
    match media {
        "application/x-ndjson" | "application/jsonl" | "application/x-jsonlines" | "application/json-seq" => {
            Expected::Format(Format::JsonLines)
        }
        "text/csv" | "application/csv" | "text/tab-separated-values" => Expected::Table,
        "application/sql" => Expected::Format(Format::Sql),
        "application/x-www-form-urlencoded" if raw => Expected::Form,
        _ if ends("json") => Expected::Format(Format::Json),
        _ if ends("xml") => Expected::Format(Format::Xml),
        _ if ends("yaml") => Expected::Format(Format::Yaml),
        _ if media.starts_with("application/grpc") || media == "application/octet-stream" => Expected::Nothing,
        _ => Expected::Any,
    }
}

/// A form as a browser sends it: `name=value&name=value`.
#[derive(Default)]
pub(crate) struct Form {
    position: usize,
    name: Vec<u8>,
    in_value: bool,
}

impl Form {
    fn advance(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'&' => {
                    self.name.clear();
                    self.in_value = false;
                }
                b'=' if !self.in_value => self.in_value = true,
                byte if !self.in_value && self.name.len() < NAME => self.name.push(*byte),
                _ => {}
            }
        }
        self.position += bytes.len();
    }

    /// The name of the field; none where what was found lies in a name itself.
    fn name(&self) -> String {
        if self.in_value { unescaped(&self.name) } else { String::new() }
    }
}

/// Percent-decoded, with `+` for blanks.
pub fn unescaped(bytes: &[u8]) -> String {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        rest = after;
        match escaped.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => plain.push(if *first == b'+' { b' ' } else { *first }),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
