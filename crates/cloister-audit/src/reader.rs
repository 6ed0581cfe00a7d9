//! Lines first, since that is how servers write; whatever is no line is read as a document.

use std::io::{self, Read};

use cloister_model::Diagnostic;
use flate2::read::MultiGzDecoder;

use crate::document::{self, End, LONGEST};
use crate::feed::Feed;
use crate::log::Tally;

/// Messages for each log; what is beyond is counted.
const TOLD: u64 = 10;

/// What some JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// An event, which was taken.
    Event,
    /// A list of events.
    List,
    /// Something else.
    Foreign,
}

/// Whoever wants the events of a log.
pub trait Takes {
    /// Reads one value and takes it where it is an event, which it counts.
    fn take(&mut self, line: u64, text: &[u8]) -> Result<Met, serde_json::Error>;
    /// What was counted.
    fn tally(&mut self) -> &mut Tally;
    /// What was told.
    fn diagnostics(&mut self) -> &mut Vec<Diagnostic>;
}

/// What a line came to.
enum Line {
    Read,
    /// The document that starts with it is to be followed.
    Document,
    Unreadable,
}

/// Reads one log to its end, or to where it cannot be read any further.
pub fn read<T: Takes>(log: &mut T, name: &str, input: impl Read) {
    let (events, told_before) = (log.tally().events, log.diagnostics().len());
    let mut reader = Reader { log, name, told: 0 };
    let mut start = Feed::new(input);
    let mut failed = None;
    while start.rest().len() < 2 && failed.is_none() {
        match start.more() {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => failed = Some(error),
        }
    }
    let ended = match failed {
        Some(error) => Err((1, error)),
        None if start.rest().starts_with(&[0x1f, 0x8b]) => reader.read(&mut Feed::new(MultiGzDecoder::new(Fed(start)))),
        None => reader.read(&mut start),
    };
    if let Err((line, error)) = ended {
        let help = "what stands before it was read; check that the file is whole, and that it may be read";
        reader.tell(line, format!("cannot be read any further: {}", cause(&error)), help);
    }
    if reader.told > 1 && reader.log.tally().events == events {
        return nothing(reader, told_before);
    }
    if reader.told > TOLD {
        let more = reader.told - TOLD;
        let message = format!("{more} more parts could not be read");
        reader.log.diagnostics().push(Diagnostic::error(name, message).help("mend those above first, and look again"));
    }
}

/// One message for a file that is no audit log, in place of one for each of its lines.
fn nothing<T: Takes>(reader: Reader<'_, T>, told_before: usize) {
    let message = format!("holds no audit event: {} parts of it are something else", reader.told);
    let help = "name an audit log of the API server: events of audit.k8s.io as JSON, packed by gzip or not";
    let diagnostics = reader.log.diagnostics();
    let line = diagnostics.get(told_before).and_then(|first| first.line).unwrap_or(1);
    diagnostics.truncate(told_before);
    diagnostics.push(Diagnostic::error(reader.name, message).at(line, 1).help(help));
}

/// The words of the decoder, without what a system adds.
fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends in the middle".to_owned(),
        kind if error.raw_os_error().is_some() => kind.to_string(),
        _ => error.to_string(),
    }
}

/// What is in a feed already, and then the rest.
struct Fed<R>(Feed<R>);

impl<R: Read> Read for Fed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.0.rest().is_empty() && !self.0.more()? {
            return Ok(0);
        }
        let count = to.len().min(self.0.rest().len());
        to.iter_mut().zip(self.0.rest()).for_each(|(to, from)| *to = *from);
        self.0.skip(count);
        Ok(count)
    }
}

struct Reader<'l, T> {
    log: &'l mut T,
    name: &'l str,
    told: u64,
}

impl<T: Takes> Reader<'_, T> {
    fn read<R: Read>(&mut self, feed: &mut Feed<R>) -> Result<(), (u64, io::Error)> {
        let ended = self.lines(feed);
        self.log.tally().bytes += feed.taken + feed.rest().len() as u64;
        let Err(error) = ended else { return Ok(()) };
        // A line without an end is all that is left.
        let (line, rest) = (feed.line, feed.rest().len());
        if rest > 0 && matches!(self.line(line, feed.rest()), Line::Read) {
            feed.take(rest);
        }
        Err((line, error))
    }

    fn lines<R: Read>(&mut self, feed: &mut Feed<R>) -> io::Result<()> {
        while let Some((length, whole)) = feed.line(LONGEST)? {
            let line = feed.line;
            let text = feed.rest().get(..length).unwrap_or_default();
            match if whole { self.line(line, text) } else { Line::Document } {
                Line::Read => feed.take(length + 1),
                Line::Document => self.document(feed)?,
                Line::Unreadable => {
                    self.unreadable(line, "is no JSON");
                    feed.take(length + 1);
                }
            }
        }
        Ok(())
    }

    fn line(&mut self, line: u64, text: &[u8]) -> Line {
        let text = trimmed(text);
        match text.first() {
            None => return Line::Read,
            Some(b'{') => {}
            Some(b'[') => return Line::Document,
            // Runtimes put time and stream before what a container writes.
            Some(_) => {
                let event = memchr::memmem::find(text, b"{\"").and_then(|at| text.get(at..)).unwrap_or_default();
                return match self.log.take(line, event) {
                    Ok(Met::Event) => Line::Read,
                    _ => Line::Unreadable,
                };
            }
        }
        match self.log.take(line, text) {
            Ok(Met::Event) => Line::Read,
            Ok(Met::Foreign) => {
                self.foreign(line);
                Line::Read
            }
            Ok(Met::List) | Err(_) => Line::Document,
        }
    }

    fn foreign(&mut self, line: u64) {
        self.log.tally().foreign += 1;
        let help = "only events of audit.k8s.io count; leave other logs out";
        self.tell(line, "is JSON, but no audit event".to_owned(), help);
    }

    fn document<R: Read>(&mut self, feed: &mut Feed<R>) -> io::Result<()> {
        let start = feed.line;
        // Spaces before it are none of it.
        let spaces = feed.rest().len() - trimmed_start(feed.rest()).len();
        feed.take(spaces);
        if !matches!(feed.rest().first(), Some(b'{' | b'[')) {
            self.unreadable(start, "is no JSON");
            return feed.skip_line();
        }
        let ended = document::read(feed, |line, text| {
            if text.len() > LONGEST {
                return self.unreadable(line, "an event of more than 32 MiB");
            }
            match self.log.take(line, text) {
                Ok(Met::Event) => {}
                Ok(_) => self.foreign(line),
                Err(error) => self.unreadable(line, why(&error)),
            }
        })?;
        if let End::Broken { why, in_line } = ended {
            self.unreadable(start, why);
            if in_line {
                feed.skip_line()?;
            }
        }
        Ok(())
    }

    fn unreadable(&mut self, line: u64, why: &str) {
        self.log.tally().unreadable += 1;
        let help = "everything else was read; a server that was stopped leaves such lines";
        self.tell(line, format!("cannot be read: {why}"), help);
    }

    fn tell(&mut self, line: u64, message: String, help: &str) {
        self.told += 1;
        if self.told <= TOLD {
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            self.log.diagnostics().push(Diagnostic::error(self.name, message).at(line, 1).help(help));
        }
    }
}

/// The parser's own words may quote what it met.
pub fn why(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "a field of the event is not what audit.k8s.io has there",
        _ => "is no JSON",
    }
}

/// Without the spaces around it, and without the zeros that a crash leaves in a file.
fn trimmed(text: &[u8]) -> &[u8] {
    trimmed_start(text).trim_ascii_end()
}

fn trimmed_start(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0).unwrap_or(text.len());
    text.get(start..).unwrap_or_default()
}
