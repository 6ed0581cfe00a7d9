//! Deflate, by itself or in the coat of zlib or gzip.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Bound, Coding, ROOM};
use crate::message::Trouble;

pub(super) struct Inflate {
    coding: Coding,
    /// None until the first bytes tell the coat, and between members of gzip.
    stream: Option<Decompress>,
    /// The first bytes of a stream, until there are two.
    first: Vec<u8>,
    ended: bool,
}

/// The largest window that deflate has, as a power of two.
const WINDOW: u8 = 15;

impl Inflate {
    pub(super) fn new(coding: Coding) -> Inflate {
        let stream = (coding == Coding::Raw).then(|| Decompress::new(false));
        Inflate { coding, stream, first: Vec::new(), ended: false }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8], bound: &mut Bound<'_>) -> Result<(), Trouble> {
        while !bytes.is_empty() {
            if self.stream.is_some() {
                self.inflate(&mut bytes, bound)?;
                continue;
            }
            let Some((next, rest)) = bytes.split_first() else { break };
            self.first.push(*next);
            bytes = rest;
            if let [first, second] = *self.first.as_slice()
                && !self.begin(first, second, bound)?
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Begins a stream by its first bytes; false where what follows the end is no other one.
    fn begin(&mut self, first: u8, second: u8, bound: &mut Bound<'_>) -> Result<bool, Trouble> {
        self.first.clear();
        let gzip = (first, second) == (0x1f, 0x8b);
        let zlib = first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31);
        let stream = match self.coding {
            _ if gzip && self.coding != Coding::Raw => Decompress::new_gzip(WINDOW),
            Coding::Gzip if self.ended => return Ok(false),
            Coding::Gzip => return Err(Trouble::Undecodable),
            _ => Decompress::new(zlib),
        };
        self.stream = Some(stream);
        self.ended = false;
        self.inflate(&mut [first, second].as_slice(), bound)?;
        Ok(true)
    }

    fn inflate(&mut self, bytes: &mut &[u8], bound: &mut Bound<'_>) -> Result<(), Trouble> {
        let mut room = [0_u8; ROOM];
        while let Some(stream) = &mut self.stream {
            let (read, told) = (stream.total_in(), stream.total_out());
            let status =
                stream.decompress(bytes, &mut room, FlushDecompress::None).map_err(|_| Trouble::Undecodable)?;
            let read = usize::try_from(stream.total_in() - read).unwrap_or(usize::MAX);
            let told = usize::try_from(stream.total_out() - told).unwrap_or(usize::MAX);
            *bytes = bytes.get(read..).unwrap_or_default();
            bound.tell(room.get(..told))?;
            match status {
                Status::StreamEnd => self.end_member(bytes),
                _ if bytes.is_empty() && told < ROOM => return Ok(()),
                // Nothing moves any more.
                _ if read == 0 && told == 0 => return Err(Trouble::Undecodable),
                Status::Ok | Status::BufError => {}
            }
        }
        Ok(())
    }

    /// Another member may follow one of gzip; what follows anything else is let be.
    fn end_member(&mut self, bytes: &mut &[u8]) {
        self.ended = true;
        match self.coding {
            Coding::Raw => self.reset(),
            Coding::Gzip => self.stream = None,
            _ => {
                self.stream = None;
                *bytes = &[];
            }
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.ended
    }

    pub(super) fn reset(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.reset(false);
        }
    }
}
