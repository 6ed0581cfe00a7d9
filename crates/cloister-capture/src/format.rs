//! What is handed over, all of it little-endian:
//!
//! | bytes | |
//! | --- | --- |
//! | 8 | `CLOISCAP` |
//! | 4 | version: 1 |
//! | 4 | how frames begin (<https://www.tcpdump.org/linktypes.html>); 2³²−1 where nothing could be opened |
//!
//! and then records, each with a head of 16 bytes:
//!
//! | bytes | of a frame | of anything else |
//! | --- | --- | --- |
//! | 8 | microseconds since 1970 | 1: statistics, 2: the end |
//! | 4 | bytes of it that follow | 2³²−1 |
//! | 4 | bytes that it had on the wire | bytes that follow |
//!
//! Statistics are three numbers of 8 bytes: frames seen, frames dropped since nobody read fast enough, frames dropped by
//! the interface. They come four times a second, also when no frame does. The end is a number of 4 bytes ([`Reason`]) and a text.

/// How it begins.
pub const MAGIC: [u8; 8] = *b"CLOISCAP";
/// The version of this format.
pub const VERSION: u32 = 1;
/// The length of its beginning.
pub const BEGINNING: usize = 16;
/// The length of a record's head.
pub const HEAD: usize = 16;
/// The link where nothing could be opened.
pub const NO_LINK: u32 = u32::MAX;
/// Of a frame, at most so much is captured.
pub const LONGEST: usize = 1 << 20;

pub(crate) const OTHER: u32 = u32::MAX;
pub(crate) const STATISTICS: u64 = 1;
pub(crate) const END: u64 = 2;

/// Frames that the capture has counted, since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Seen, and not filtered out.
    pub received: u64,
    /// Dropped since nobody read fast enough.
    pub dropped: u64,
    /// Dropped by the interface or its driver.
    pub dropped_by_interface: u64,
}

/// Why a capture ended; also the exit status of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The file was read to its end, or the reader went away.
    Done,
    /// It was called in a way that it does not know.
    Usage,
    /// The interface or file cannot be opened, or the filter is wrong.
    NotOpened,
    /// It could not give up its rights, and so did not begin.
    NotLocked,
    /// The interface went away, or the file is broken.
    Broken,
}

impl Reason {
    /// Its number.
    pub fn number(self) -> u8 {
        match self {
            Reason::Done => 0,
            Reason::Usage => 2,
            Reason::NotOpened => 3,
            Reason::NotLocked => 4,
            Reason::Broken => 5,
        }
    }

    /// The reason with this number.
    pub fn of_number(number: u32) -> Option<Reason> {
        [Reason::Done, Reason::Usage, Reason::NotOpened, Reason::NotLocked, Reason::Broken]
            .into_iter()
            .find(|reason| u32::from(reason.number()) == number)
    }
}

/// The beginning.
pub fn beginning(link: u32) -> Vec<u8> {
    [&MAGIC[..], &VERSION.to_le_bytes(), &link.to_le_bytes()].concat()
}

/// Adds a frame to `out`.
pub fn put_frame(out: &mut Vec<u8>, time: u64, length: u32, frame: &[u8]) {
    let captured = frame.get(..LONGEST).unwrap_or(frame);
    out.reserve(HEAD + captured.len());
    put_head(out, time, u32::try_from(captured.len()).unwrap_or_default(), length);
    out.extend_from_slice(captured);
}

/// Adds statistics to `out`.
pub fn put_statistics(out: &mut Vec<u8>, statistics: Statistics) {
    put_head(out, STATISTICS, OTHER, 24);
    for number in [statistics.received, statistics.dropped, statistics.dropped_by_interface] {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

/// Adds the end to `out`.
pub fn put_end(out: &mut Vec<u8>, reason: Reason, text: &str) {
    put_head(out, END, OTHER, u32::try_from(text.len() + 4).unwrap_or_default());
    out.extend_from_slice(&u32::from(reason.number()).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn put_head(out: &mut Vec<u8>, time: u64, captured: u32, length: u32) {
    let mut head = [0; HEAD];
    let (first, rest) = head.split_at_mut(8);
    first.copy_from_slice(&time.to_le_bytes());
    for (place, number) in rest.chunks_exact_mut(4).zip([captured, length]) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&head);
}
