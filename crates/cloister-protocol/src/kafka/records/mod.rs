//! Batches of records, version 2, and the sets of messages before them (the chapter "Message Format" of Kafka's
//! documentation), in pieces of any size.

mod entries;

use entries::Entries;

use crate::coding::{Coding, Unpack};
use crate::input::{Hold, Input, Step};
use crate::{Limits, Trouble};

/// What records say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    Key(&'a [u8], bool),
    Value(&'a [u8], bool),
    Header(&'a str, &'a [u8], bool),
    Record,
}

/// Where it is within one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Batch,
    /// The content of a batch of version 2, so many bytes.
    Packed(u64),
    /// A message of before: its coding, and what is left of it.
    OldKey(u8, u64),
    OldKeyBytes(u8, u64, u64),
    OldValue(u8, u64),
    OldValueBytes(u64, u64),
    /// What an old message holds is compressed.
    OldPacked(u64),
    Skip(u64),
}

/// Reads the records of one partition.
pub(super) struct Records {
    hold: Hold,
    state: State,
    unpack: Unpack,
    entries: Entries,
    /// Old messages within an old message.
    within: Option<Box<Records>>,
    /// It is within one itself.
    nested: bool,
    limits: Limits,
    trouble: Option<Trouble>,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Key,
    Value,
}

impl Records {
    pub(super) fn new(limits: &Limits) -> Records {
        Records {
            hold: Hold::default(),
            state: State::Batch,
            unpack: Unpack::Plain,
            entries: Entries::default(),
            within: None,
            nested: false,
            limits: *limits,
            trouble: None,
            open: None,
        }
    }

    /// The next bytes. After trouble nothing more can be read.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(Said<'_>)) -> Result<(), Trouble> {
        if self.trouble.is_some() {
            return Ok(());
        }
        let mut hold = std::mem::take(&mut self.hold);
        let progress = hold.feed(bytes, 128, |input| self.step(input, out));
        self.hold = hold;
        if progress != crate::Progress::Reads {
            self.trouble.get_or_insert(Trouble::Malformed);
        }
        self.trouble.map_or(Ok(()), Err)
    }

    fn step(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(Said<'_>)) -> Step {
        match self.state {
            State::Batch => self.batch(input),
            State::Skip(0) | State::Packed(0) => {
                self.entries.finish(out);
                self.entries = Entries::default();
                self.state = State::Batch;
                Step::Again
            }
            State::OldValueBytes(0, rest) | State::OldPacked(rest @ 0) => {
                if let Some(mut within) = self.within.take() {
                    within.finish(out);
                }
                self.state = if rest == 0 { State::Batch } else { State::Skip(rest) };
                Step::Again
            }
            State::Packed(left) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                self.state = State::Packed(left - bytes.len() as u64);
                let Records { unpack, entries, .. } = self;
                let mut reads = true;
                let result = unpack.push(bytes, &mut |piece| reads = reads && entries.push(piece, out));
                self.follow(reads, result)
            }
            State::OldPacked(left) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                self.state = State::OldPacked(left - bytes.len() as u64);
                let Records { unpack, within, .. } = self;
                let mut inner = Ok(());
                let result = unpack.push(bytes, &mut |piece| {
                    if let (Ok(()), Some(within)) = (inner, within.as_mut()) {
                        inner = within.push(piece, out);
                    }
                });
                self.follow(inner.is_ok(), result)
            }
            State::Skip(left) => {
                let taken = input.some(left).len() as u64;
                self.state = State::Skip(left - taken);
                if taken == 0 { Step::Wait } else { Step::Again }
            }
            State::OldKey(..) | State::OldKeyBytes(..) | State::OldValue(..) | State::OldValueBytes(..) => {
                self.old(input, out)
            }
        }
    }

    fn follow(&mut self, reads: bool, result: Result<(), Trouble>) -> Step {
        self.trouble = match result {
            Err(trouble) => Some(trouble),
            Ok(()) if !reads => Some(Trouble::Malformed),
            Ok(()) => return Step::Again,
        };
        Step::Strange
    }

    /// The head of a batch; what stands in byte 16 tells which version it is.
    fn batch(&mut self, input: &mut Input<'_>) -> Step {
        let mut look = *input;
        let (Some(_), Some(length), Some(_), Some(version)) = (look.u64(), look.u32(), look.u32(), look.u8()) else {
            return Step::Wait;
        };
        let length = u64::from(length);
        if version < 2 {
            let stamp = if version == 1 { 8 } else { 0 };
            let (Some(attributes), Some(_)) = (look.u8(), look.take(stamp)) else { return Step::Wait };
            let Some(left) = length.checked_sub(6 + stamp as u64) else { return Step::Strange };
            *input = look;
            self.state = State::OldKey(attributes & 7, left);
            return Step::Again;
        }
        let (Some(_), Some(attributes), Some(_)) = (look.u32(), look.u16(), look.take(38)) else { return Step::Wait };
        let Some(left) = length.checked_sub(49).filter(|_| version == 2) else { return Step::Strange };
        *input = look;
        self.entries = Entries::default();
        // Marks of transactions are no records.
        self.state = if attributes & 0x20 != 0 { State::Skip(left) } else { State::Packed(left) };
        self.coding(attributes & 7)
    }

    fn coding(&mut self, number: u16) -> Step {
        self.unpack = match number {
            0 => Unpack::Plain,
            1 => Unpack::other(Coding::Gzip, &self.limits),
            2 => Unpack::snappy(true, &self.limits),
            3 => Unpack::lz4(&self.limits),
            4 => Unpack::other(Coding::Zstd, &self.limits),
            _ => {
                self.trouble = Some(Trouble::Unsupported);
                return Step::Strange;
            }
        };
        Step::Again
    }

    fn old(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(Said<'_>)) -> Step {
        match self.state {
            State::OldKey(coding, left) | State::OldValue(coding, left) => {
                let is_key = matches!(self.state, State::OldKey(..));
                let Some(length) = input.i32() else { return Step::Wait };
                let length = u64::try_from(length).unwrap_or_default();
                let Some(left) = left.checked_sub(4).filter(|left| length <= *left) else { return Step::Strange };
                self.state = match (is_key, coding) {
                    (true, 0) if length > 0 => State::OldKeyBytes(coding, left, length),
                    (true, _) if length > 0 => return Step::Strange,
                    (true, _) => State::OldValue(coding, left),
                    (false, 0) => {
                        if length == 0 {
                            out(Said::Record);
                        }
                        State::OldValueBytes(length, left - length)
                    }
                    (false, _) if self.nested => return Step::Strange,
                    (false, coding) => {
                        // A set within a set is not read deeper than one level.
                        self.within = Some(Box::new(Records { nested: true, ..Records::new(&self.limits) }));
                        self.state = State::OldPacked(length);
                        return self.coding(coding.into());
                    }
                };
            }
            State::OldKeyBytes(coding, left, length) => {
                let bytes = input.some(length);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                let (left, length) = (left - bytes.len() as u64, length - bytes.len() as u64);
                out(Said::Key(bytes, length == 0));
                self.open = (length > 0).then_some(Open::Key);
                self.state =
                    if length == 0 { State::OldValue(coding, left) } else { State::OldKeyBytes(coding, left, length) };
            }
            State::OldValueBytes(left, rest) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                let left = left - bytes.len() as u64;
                out(Said::Value(bytes, left == 0));
                self.open = (left > 0).then_some(Open::Value);
                if left == 0 {
                    out(Said::Record);
                }
                self.state = State::OldValueBytes(left, rest);
            }
            _ => return Step::Strange,
        }
        Step::Again
    }

    /// The records end, perhaps in the middle of one: what is fetched is cut at a number of bytes.
    pub(super) fn finish(&mut self, out: &mut dyn FnMut(Said<'_>)) {
        match self.open.take() {
            Some(Open::Key) => out(Said::Key(b"", true)),
            Some(Open::Value) => out(Said::Value(b"", true)),
            None => {}
        }
        if let Some(within) = &mut self.within {
            within.finish(out);
        }
        self.entries.finish(out);
    }

    pub(super) fn held(&self) -> usize {
        self.hold.held() + self.unpack.held() + self.within.as_ref().map_or(0, |within| within.held())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn message(version: u8, coding: u8, key: Option<&[u8]>, value: &[u8]) -> Vec<u8> {
        let mut content = vec![0; 4];
        content.extend_from_slice(&[version, coding]);
        if version == 1 {
            content.extend_from_slice(&[0; 8]);
        }
        content.extend_from_slice(&key.map_or(-1, |key| key.len() as i32).to_be_bytes());
        content.extend_from_slice(key.unwrap_or_default());
        content.extend_from_slice(&(value.len() as i32).to_be_bytes());
        content.extend_from_slice(value);
        [&[0; 8][..], &(content.len() as u32).to_be_bytes(), &content].concat()
    }

    fn read(bytes: &[u8], piece: usize) -> (String, Result<(), Trouble>) {
        let mut told = String::new();
        let mut records = Records::new(&Limits::default());
        let mut result = Ok(());
        let mut tell = |said: Said<'_>| match said {
            Said::Key(bytes, _) => told.push_str(&String::from_utf8_lossy(bytes)),
            Said::Value(bytes, last) => {
                told.push_str(&String::from_utf8_lossy(bytes));
                told.push_str(if last { "." } else { "" });
            }
            Said::Header(..) => {}
            Said::Record => told.push('\n'),
        };
        for part in bytes.chunks(piece) {
            result = result.and(records.push(part, &mut tell));
        }
        records.finish(&mut tell);
        (told, result)
    }

    #[test]
    fn old_messages_by_themselves_and_packed_in_one() {
        for version in [0, 1] {
            let plain = [message(version, 0, Some(b"k="), b"one"), message(version, 0, None, b"two")].concat();
            let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            coder.write_all(&plain).unwrap();
            let packed = message(version, 1, None, &coder.finish().unwrap());
            for piece in [1, 5, 1000] {
                for set in [&plain, &packed] {
                    assert_eq!(read(set, piece), ("k=one.\ntwo.\n".to_owned(), Ok(())), "version {version}");
                }
            }
        }
    }

    #[test]
    fn what_is_fetched_may_be_cut() {
        let set = message(0, 0, Some(b"k="), b"one");
        assert_eq!(read(&set[..set.len() - 1], 7), ("k=on.".to_owned(), Ok(())));
        assert_eq!(read(&[0xff; 100], 7).1, Err(Trouble::Malformed));
    }
}
