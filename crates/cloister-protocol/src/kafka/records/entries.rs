//! The records of a batch of version 2: lengths of variable size, keys, values, headers.

use super::Said;
use crate::input::{Hold, Input, Step};
use crate::kafka::wire::signed;
use crate::sql::NAME;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Entry {
    #[default]
    Length,
    Head,
    KeyLength,
    Key(u64),
    ValueLength,
    Value(u64),
    Headers,
    /// So many more headers.
    NameLength(u64),
    Name(u64, u64),
    HeaderLength(u64),
    Header(u64, u64),
}

/// The records of a batch of version 2.
#[derive(Debug, Default)]
pub(super) struct Entries {
    hold: Hold,
    state: Entry,
    name: Vec<u8>,
    open: bool,
}

impl Entries {
    /// The next bytes; whether they can be read.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(Said<'_>)) -> bool {
        let mut hold = std::mem::take(&mut self.hold);
        let progress = hold.feed(bytes, 64, |input| self.step(input, out).unwrap_or(Step::Wait));
        self.hold = hold;
        progress == crate::Progress::Reads
    }

    fn step(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(Said<'_>)) -> Option<Step> {
        // A length below nothing is no value at all.
        let length = |input: &mut Input<'_>| signed(input).map(|length| u64::try_from(length).ok());
        self.state = match self.state {
            Entry::Length => {
                signed(input)?;
                Entry::Head
            }
            Entry::Head => {
                let mut look = *input;
                look.u8()?;
                signed(&mut look)?;
                signed(&mut look)?;
                *input = look;
                Entry::KeyLength
            }
            Entry::KeyLength => match length(input)? {
                None | Some(0) => Entry::ValueLength,
                Some(length) => Entry::Key(length),
            },
            Entry::ValueLength => match length(input)? {
                None | Some(0) => Entry::Headers,
                Some(length) => Entry::Value(length),
            },
            Entry::Headers => self.headers(length(input)?.unwrap_or_default(), out),
            Entry::NameLength(left) => {
                self.name.clear();
                match length(input)? {
                    None | Some(0) => Entry::HeaderLength(left),
                    Some(length) => Entry::Name(left, length),
                }
            }
            Entry::HeaderLength(left) => match length(input)? {
                None | Some(0) => self.headers(left - 1, out),
                Some(length) => Entry::Header(left, length),
            },
            Entry::Key(left) | Entry::Value(left) | Entry::Name(_, left) | Entry::Header(_, left) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return None;
                }
                self.bytes(bytes, left - bytes.len() as u64, out)
            }
        };
        Some(Step::Again)
    }

    fn bytes(&mut self, bytes: &[u8], left: u64, out: &mut dyn FnMut(Said<'_>)) -> Entry {
        let last = left == 0;
        let is_name = matches!(self.state, Entry::Name(..));
        self.open = !last && !is_name;
        match self.state {
            Entry::Key(_) => out(Said::Key(bytes, last)),
            Entry::Value(_) => out(Said::Value(bytes, last)),
            Entry::Header(..) => out(Said::Header(&String::from_utf8_lossy(&self.name), bytes, last)),
            _ => {
                let room = NAME.saturating_sub(self.name.len()).min(bytes.len());
                self.name.extend_from_slice(bytes.get(..room).unwrap_or_default());
            }
        }
        match self.state {
            Entry::Key(_) if last => Entry::ValueLength,
            Entry::Value(_) if last => Entry::Headers,
            Entry::Name(headers, _) if last => Entry::HeaderLength(headers),
            Entry::Header(headers, _) if last => self.headers(headers - 1, out),
            Entry::Key(_) => Entry::Key(left),
            Entry::Value(_) => Entry::Value(left),
            Entry::Name(headers, _) => Entry::Name(headers, left),
            Entry::Header(headers, _) => Entry::Header(headers, left),
            other => other,
        }
    }

    fn headers(&mut self, left: u64, out: &mut dyn FnMut(Said<'_>)) -> Entry {
        if left == 0 {
            out(Said::Record);
            return Entry::Length;
        }
        Entry::NameLength(left)
    }

    pub(super) fn finish(&mut self, out: &mut dyn FnMut(Said<'_>)) {
        if std::mem::take(&mut self.open) {
            match self.state {
                Entry::Key(_) => out(Said::Key(b"", true)),
                Entry::Value(_) => out(Said::Value(b"", true)),
                Entry::Header(..) => out(Said::Header(&String::from_utf8_lossy(&self.name), b"", true)),
                _ => {}
            }
        }
    }
}
