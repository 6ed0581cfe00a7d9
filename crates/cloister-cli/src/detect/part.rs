//! One text: searched from its start to its end.

use std::io;

use cloister_detect::document::{Asked, Document, Ended, Reported};
use cloister_detect::locate::{Format, sniff};
use cloister_model::Diagnostic;
use cloister_source::data::Part;

/// So much is read at once.
const PIECE: usize = 256 * 1024;

/// Searches it; says what is wrong with it, and whether it could be read to its end.
pub fn search(
    asked: Asked<'_>,
    format: Option<Format>,
    part: Part<'_>,
    took: &mut dyn FnMut(&mut Vec<Reported>, u64),
) -> (Format, Ended, io::Result<()>) {
    let format = match format {
        _ if part.rows => Format::Parquet,
        Some(format) => format,
        None => sniff(&part.name, part.head),
    };
    let mut document = Document::new(asked, part.name, format, part.wide);
    let mut buffer = vec![0; PIECE];
    let mut found = Vec::new();
    let read = loop {
        match part.reader.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(read) => {
                document.push(buffer.get(..read).unwrap_or_default(), &mut found);
                took(&mut found, read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    let ended = document.finish(&mut found);
    took(&mut found, 0);
    (format, ended, read)
}

/// What is to be told of a text that has ended.
pub fn told(name: &str, ended: &Ended, cut: bool) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    if let Some((line, places)) = ended.invalid {
        let more = if places > 1 { format!("; there are {places} such places") } else { String::new() };
        let diagnostic = Diagnostic::error(name, format!("is not written in UTF-8 here{more}"));
        let help = "names with such letters may be missed: iconv -f LATIN1 -t UTF-8 FILE; everything was read";
        told.push(diagnostic.at(number(line), 1).help(help));
    }
    // That it was cut is told with its cause.
    if let Some(broken) = ended.broken.as_ref().filter(|_| !cut) {
        told.push(Diagnostic::error(name, broken.cause.clone()).at(number(broken.line), 1).help(broken.help));
    }
    told
}

fn number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
