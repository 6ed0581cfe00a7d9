//! What a file is, by its first bytes: text, packed, or something else.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

use cloister_model::Diagnostic;

use super::meter::{Budget, is_bomb};
use super::utf16::Utf16;
use super::{Opened, Part, Visit, archive, parquet};
use crate::files::without_number;

/// So much of a file is looked at first.
const HEAD: usize = 8 * 1024;
/// A zip within something is held in memory: 256 MiB.
const MOST_HELD: u64 = 256 << 20;
/// What is packed more often than this is not taken out.
const DEEPEST: usize = 3;
/// zstd may ask for a window of 128 MiB, and no more.
const WINDOW_LOG: u32 = 27;

/// Where bytes come from.
pub enum Input<'a> {
    File(File),
    Stream(Box<dyn Read + 'a>),
}

/// Takes parts out of a file.
pub struct Unpack<'u, 'v> {
    pub budget: Budget,
    pub opened: &'u mut Opened,
    pub visit: &'u mut Visit<'v>,
    pub named: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Utf16 { big: bool },
    Gzip,
    Zstd,
    Zip,
    Tar,
    Parquet,
    Binary,
}

impl Unpack<'_, '_> {
    /// Reads one input.
    pub fn open(&mut self, name: &Arc<str>, input: Input<'_>, depth: usize) {
        match input {
            Input::File(mut file) => match peek(&mut file).and_then(|head| file.rewind().map(|()| head)) {
                Ok(head) if kind(&head) == Kind::Zip => archive::zip(self, name, file, depth),
                Ok(head) if kind(&head) == Kind::Parquet => parquet::file(self, name, file),
                Ok(head) => self.stream(name, &head, &mut file, depth),
                Err(error) => self.failed(name, &error),
            },
            Input::Stream(mut stream) => match peek(&mut stream) {
                Ok(head) => self.stream(name, &head.clone(), &mut Cursor::new(head).chain(stream), depth),
                Err(error) => self.failed(name, &error),
            },
        }
    }

    /// Reads what begins so; `reader` gives it from its start.
    pub fn stream(&mut self, name: &Arc<str>, head: &[u8], reader: &mut dyn Read, depth: usize) {
        let kind = kind(head);
        let packed = matches!(kind, Kind::Gzip | Kind::Zstd | Kind::Zip | Kind::Tar);
        if packed && depth >= DEEPEST {
            return self.told(
                name,
                format!("is packed more than {DEEPEST} times, and was not taken out"),
                "unpack it first",
            );
        }
        match kind {
            Kind::Text => self.visit(Part { name: name.clone(), head, reader, wide: false, rows: false }),
            Kind::Utf16 { big } => self.wide(name, Utf16::new(reader, big)),
            Kind::Gzip => self.unpacked(name, flate2::read::MultiGzDecoder::new(reader), depth),
            Kind::Zstd => match zstd(reader) {
                Ok(reader) => self.unpacked(name, reader, depth),
                Err(error) => self.failed(name, &error),
            },
            Kind::Zip => {
                if let Some(held) = self.held(name, reader, "zip") {
                    archive::zip(self, name, Cursor::new(held), depth);
                }
            }
            Kind::Tar => archive::tar(self, name, reader, depth),
            Kind::Parquet => parquet::stream(self, name, reader),
            Kind::Binary => self.binary(name),
        }
    }

    fn unpacked(&mut self, name: &Arc<str>, reader: impl Read, depth: usize) {
        let mut reader = self.budget.meter(reader);
        match peek(&mut reader) {
            Ok(head) => self.stream(name, &head.clone(), &mut Cursor::new(head).chain(reader), depth + 1),
            Err(error) => self.failed(name, &error),
        }
    }

    fn wide(&mut self, name: &Arc<str>, mut reader: impl Read) {
        match peek(&mut reader) {
            Ok(head) => {
                let reader = &mut Cursor::new(&head).chain(reader);
                self.visit(Part { name: name.clone(), head: &head, reader, wide: true, rows: false });
            }
            Err(error) => self.failed(name, &error),
        }
    }

    /// Shows a part to who looks at it.
    pub fn visit(&mut self, part: Part<'_>) {
        let name = part.name.clone();
        if let Err(error) = (self.visit)(part) {
            self.failed(&name, &error);
        }
    }

    /// All of a stream, to seek in it.
    pub fn held(&mut self, name: &Arc<str>, reader: &mut dyn Read, what: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        match reader.take(MOST_HELD + 1).read_to_end(&mut bytes) {
            Ok(read) if read as u64 > MOST_HELD => {
                let cause = format!("is a {what} of more than {} MiB within a stream", MOST_HELD >> 20);
                self.told(name, cause, &format!("name the {what} as a file"));
                None
            }
            Ok(_) => Some(bytes),
            Err(error) => {
                self.failed(name, &error);
                None
            }
        }
    }

    fn binary(&mut self, name: &Arc<str>) {
        if self.named && !name.contains('!') {
            return self.told(name, "is binary, not text".to_owned(), "name files of text, or archives of them");
        }
        self.opened.skipped.push(name.to_string());
    }

    /// Reading ended before its time.
    pub fn failed(&mut self, name: &Arc<str>, error: &io::Error) {
        let text = error.to_string();
        if is_bomb(error) {
            return self.told(name, text, "if it is no bomb: --expanded SIZE, or unpack it first");
        }
        let cause = match error.kind() {
            io::ErrorKind::UnexpectedEof => "is cut short, and was read so far as it goes".to_owned(),
            _ => format!("cannot be read further: {}", without_number(&text)),
        };
        self.told(name, cause, "get the whole file again; the rest was read");
    }

    /// Says what was not read.
    pub fn told(&mut self, name: &str, cause: String, help: &str) {
        self.opened.diagnostics.push(Diagnostic::error(name, cause).help(help));
    }
}

fn zstd<'a>(reader: &'a mut dyn Read) -> io::Result<impl Read + 'a> {
    let mut decoder = zstd::stream::read::Decoder::new(reader)?;
    decoder.window_log_max(WINDOW_LOG)?;
    Ok(decoder)
}

/// The first bytes.
fn peek(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    reader.by_ref().take(HEAD as u64).read_to_end(&mut head).map(|_| head)
}

fn kind(head: &[u8]) -> Kind {
    let starts = |magic: &[u8]| head.starts_with(magic);
    match () {
        () if starts(b"\x1f\x8b") => Kind::Gzip,
        () if starts(b"\x28\xb5\x2f\xfd") => Kind::Zstd,
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => Kind::Zip,
        () if starts(b"PAR1") => Kind::Parquet,
        () if starts(b"\xff\xfe") => Kind::Utf16 { big: false },
        () if starts(b"\xfe\xff") => Kind::Utf16 { big: true },
        () if head.get(257..262) == Some(b"ustar") => Kind::Tar,
        () if head.contains(&0) => without_mark(head),
        () => Kind::Text,
    }
}

/// UTF-16 without a mark has a zero in every second byte of plain letters.
fn without_mark(head: &[u8]) -> Kind {
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, units) = (zeros(0), zeros(1), head.len() / 2);
    match (even * 4 > units * 3, odd * 4 > units * 3) {
        (false, true) => Kind::Utf16 { big: false },
        (true, false) => Kind::Utf16 { big: true },
        _ => Kind::Binary,
    }
}
