//! A log, event by event.

use std::io::Read;

use cloister_model::Diagnostic;

use crate::full::Event;
use crate::ingest::record;
use crate::log::Tally;
use crate::reader::{self, Met, Takes};

/// What a log came to, beside its events.
#[derive(Debug, Default)]
pub struct Journal {
    /// What was read. What became of requests is not counted.
    pub tally: Tally,
    /// What could not be.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one log to its end, packed by gzip or not, and hands out each event with its line. Events may be wrapped in
/// records of a log's shipper. `name` is what messages call it.
pub fn events(name: &str, input: impl Read, each: impl FnMut(u64, &Event<'_>)) -> Journal {
    let mut taker = Taker { journal: Journal::default(), each };
    reader::read(&mut taker, name, input);
    taker.journal
}

struct Taker<F> {
    journal: Journal,
    each: F,
}

impl<F: FnMut(u64, &Event<'_>)> Takes for Taker<F> {
    fn take(&mut self, line: u64, text: &[u8]) -> Result<Met, serde_json::Error> {
        let met = record(text, &mut |event, _| (self.each)(line, event))?;
        self.journal.tally.events += u64::from(met == Met::Event);
        Ok(met)
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.journal.tally
    }

    fn diagnostics(&mut self) -> &mut Vec<Diagnostic> {
        &mut self.journal.diagnostics
    }
}
