//! Any of the codings that messages of databases and brokers have.

use super::lz4::Lz4;
use super::snappy::Snappy;
use super::{Coding, Decoder};
use crate::conversation::Limits;
use crate::message::Trouble;

/// Takes a coding away from a stream.
pub(crate) enum Unpack {
    /// Nothing to take away.
    Plain,
    Snappy(Box<Snappy>),
    Lz4(Box<Lz4>),
    Other(Box<Decoder>),
}

impl Unpack {
    pub(crate) fn snappy(framed: bool, limits: &Limits) -> Unpack {
        Unpack::Snappy(Box::new(Snappy::new(framed, limits)))
    }

    pub(crate) fn lz4(limits: &Limits) -> Unpack {
        Unpack::Lz4(Box::new(Lz4::new(limits)))
    }

    pub(crate) fn other(coding: Coding, limits: &Limits) -> Unpack {
        Unpack::Other(Box::new(Decoder::new(coding, limits)))
    }

    /// Tells what `bytes` become. After trouble nothing more can be read.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        match self {
            Unpack::Plain => {
                out(bytes);
                Ok(())
            }
            Unpack::Snappy(decoder) => decoder.push(bytes, out),
            Unpack::Lz4(decoder) => decoder.push(bytes, out),
            Unpack::Other(decoder) => decoder.push(bytes, out),
        }
    }

    pub(crate) fn held(&self) -> usize {
        match self {
            Unpack::Plain => 0,
            Unpack::Snappy(decoder) => decoder.held(),
            Unpack::Lz4(decoder) => decoder.held(),
            Unpack::Other(decoder) => decoder.held(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut unpack: Unpack, coded: &[u8], piece: usize) -> (Vec<u8>, Result<(), Trouble>) {
        let mut told = Vec::new();
        let mut result = Ok(());
        for part in coded.chunks(piece) {
            if result.is_ok() {
                result = unpack.push(part, &mut |bytes| told.extend_from_slice(bytes));
            }
            assert!(unpack.held() < 1 << 20);
        }
        (told, result)
    }

    #[test]
    fn what_others_pack_is_unpacked_in_any_cut() {
        let lines: Vec<u8> =
            (0..20_000_u32).flat_map(|line| format!("line {} of {}\n", line % 977, line).into_bytes()).collect();
        let limits = Limits::default();
        let snappy = snap::raw::Encoder::new().compress_vec(&lines).unwrap();
        let mut framed = [MAGIC_FRAMES, &[0; 8]].concat();
        for part in lines.chunks(50_000) {
            let block = snap::raw::Encoder::new().compress_vec(part).unwrap();
            framed.extend_from_slice(&(block.len() as u32).to_be_bytes());
            framed.extend_from_slice(&block);
        }
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        std::io::Write::write_all(&mut lz4, &lines).unwrap();
        let lz4 = lz4.finish().unwrap();
        let linked =
            lz4_flex::frame::FrameInfo::new().block_mode(lz4_flex::frame::BlockMode::Linked).block_checksums(true);
        let mut linked = lz4_flex::frame::FrameEncoder::with_frame_info(linked, Vec::new());
        std::io::Write::write_all(&mut linked, &lines).unwrap();
        let linked = linked.finish().unwrap();
        for piece in [1, 7, 1000, usize::MAX] {
            assert_eq!(read(Unpack::snappy(false, &limits), &snappy, piece), (lines.clone(), Ok(())));
            assert_eq!(read(Unpack::snappy(true, &limits), &framed, piece), (lines.clone(), Ok(())));
            assert_eq!(read(Unpack::snappy(true, &limits), &snappy, piece), (lines.clone(), Ok(())));
            assert_eq!(read(Unpack::lz4(&limits), &lz4, piece), (lines.clone(), Ok(())));
            assert_eq!(read(Unpack::lz4(&limits), &linked, piece), (lines.clone(), Ok(())));
        }
    }

    const MAGIC_FRAMES: &[u8] = b"\x82SNAPPY\0";

    #[test]
    fn lies_are_told_and_bombs_bounded() {
        let limits = Limits { decompressed: 100_000, ..Limits::default() };
        let zeros = snap::raw::Encoder::new().compress_vec(&vec![0; 1 << 20]).unwrap();
        let (told, result) = read(Unpack::snappy(false, &limits), &zeros, 100);
        assert_eq!((told.len() <= 100_000, result), (true, Err(Trouble::Bomb)));
        // A copy from before the beginning.
        assert_eq!(read(Unpack::snappy(false, &limits), &[8, 1, 9], 1).1, Err(Trouble::Undecodable));
        assert_eq!(read(Unpack::lz4(&limits), b"no frame at all", 3).1, Err(Trouble::Undecodable));
    }
}
