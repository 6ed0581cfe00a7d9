//! What of one side waits for bytes that have not come.

use std::collections::BTreeMap;

use crate::flow::Side;

/// A list of gaps whose bytes nobody has acknowledged: they may come yet.
pub(crate) const WAITING: u8 = 0;
/// A list of gaps that the other side says it has: they will not come, unless the capture disorders packets.
pub(crate) const ACKNOWLEDGED: u8 = 1;

/// Pieces are joined up to this size.
const JOINED: usize = 64 << 10;
/// Pieces of one side: who sends every second byte gets no further.
pub(crate) const MOST_PIECES: usize = 4_096;
/// What it costs to keep a piece, besides its bytes.
const COST: usize = 96;
/// What it costs to keep a gap: itself, and the first node of its tree of pieces.
const GAP_COST: usize = 512;

/// What of one side waits. Places are counted from where it began to wait.
pub(crate) struct Gap {
    pub(crate) flow: u32,
    pub(crate) side: Side,
    /// Since when its first bytes are missing, or are known to be had by the other side.
    pub(crate) since: u64,
    /// Up to where the other side had everything at that time, if anything of it was missing.
    pub(crate) acknowledged: Option<u64>,
    /// The place of the next byte to be handed on.
    pub(crate) next: u64,
    /// The place after the last byte, where the side has said that it ends.
    pub(crate) end: Option<u64>,
    pieces: BTreeMap<u64, Vec<u8>>,
    held: usize,
}

/// What became of bytes that were put to those that wait.
#[derive(Default)]
pub(crate) struct Put {
    pub(crate) duplicate: usize,
    pub(crate) conflicting: usize,
}

impl Gap {
    pub(crate) fn new(flow: u32, side: Side, since: u64) -> Gap {
        Gap { flow, side, since, acknowledged: None, next: 0, end: None, pieces: BTreeMap::new(), held: GAP_COST }
    }

    /// What it costs to keep it, in bytes.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    pub(crate) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Where what is known to come next begins: a piece, or the end.
    pub(crate) fn known(&self) -> Option<u64> {
        let first = self.pieces.first_key_value().map(|(start, _)| *start);
        match (first, self.end) {
            (Some(first), Some(end)) => Some(first.min(end)),
            (first, end) => first.or(end),
        }
    }

    /// The piece whose turn it is.
    pub(crate) fn take(&mut self) -> Option<Vec<u8>> {
        let (next, end) = (self.next, self.end.unwrap_or(u64::MAX));
        let first = self.pieces.first_entry().filter(|first| *first.key() <= next && next < end)?;
        let bytes = first.remove();
        self.held = self.held.saturating_sub(COST + bytes.capacity());
        self.next += bytes.len() as u64;
        Some(bytes)
    }

    /// Keeps of `bytes` what is not there yet: the first ones count.
    pub(crate) fn put(&mut self, start: u64, bytes: &[u8]) -> Put {
        let mut put = Put::default();
        // Behind its end, a side has nothing to say.
        let space = self.end.map_or(u64::MAX, |end| end.saturating_sub(start));
        let mut rest = bytes.get(..usize::try_from(space).unwrap_or(usize::MAX)).unwrap_or(bytes);
        let end = start + rest.len() as u64;
        let mut at = start;
        while at < end {
            let room = match self.covering(at) {
                Some(old) => {
                    let both = old.len().min(rest.len());
                    put.duplicate += both;
                    put.conflicting += old.iter().zip(rest).filter(|(old, new)| old != new).count();
                    at += both as u64;
                    rest = rest.get(both..).unwrap_or_default();
                    continue;
                }
                None => self.pieces.range(at..end).next().map_or(end, |(start, _)| *start) - at,
            };
            let length = usize::try_from(room).unwrap_or(rest.len()).min(rest.len());
            let (new, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.keep(at, new);
            at += room;
            rest = after;
        }
        put
    }

    /// What is kept from this place on without a gap.
    fn covering(&self, at: u64) -> Option<&[u8]> {
        let (start, bytes) = self.pieces.range(..=at).next_back()?;
        bytes.get(usize::try_from(at - start).ok()?..).filter(|rest| !rest.is_empty())
    }

    /// Keeps bytes where there are none, joined with what is before and after them.
    fn keep(&mut self, at: u64, new: &[u8]) {
        let before = self.pieces.range_mut(..at).next_back();
        let joins = before.filter(|(start, old)| **start + old.len() as u64 == at && old.len() + new.len() <= JOINED);
        let start = if let Some((start, old)) = joins {
            self.held = self.held.saturating_sub(old.capacity());
            old.extend_from_slice(new);
            self.held += old.capacity();
            *start
        } else {
            self.held += COST + new.len();
            self.pieces.insert(at, new.to_vec());
            at
        };
        self.join_next(start, at + new.len() as u64);
    }

    fn join_next(&mut self, start: u64, end: u64) {
        let total = |one: &Vec<u8>, other: &Vec<u8>| one.len() + other.len();
        let (Some(piece), Some(next)) = (self.pieces.get(&start), self.pieces.get(&end)) else { return };
        if total(piece, next) > JOINED {
            return;
        }
        let Some(next) = self.pieces.remove(&end) else { return };
        self.held = self.held.saturating_sub(COST + next.capacity());
        if let Some(piece) = self.pieces.get_mut(&start) {
            self.held = self.held.saturating_sub(piece.capacity());
            piece.extend_from_slice(&next);
            self.held += piece.capacity();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Gap;
    use crate::flow::Side;

    fn taken(gap: &mut Gap) -> String {
        let mut text = String::new();
        while let Some(start) = gap.known() {
            if start > gap.next {
                text.push('_');
                gap.next = start;
            }
            text.push_str(&String::from_utf8(gap.take().unwrap()).unwrap());
        }
        text
    }

    #[test]
    fn the_first_bytes_of_a_place_count_and_others_are_counted() {
        let mut gap = Gap::new(0, Side::Client, 0);
        gap.put(3, b"def");
        gap.put(8, b"i");
        let put = gap.put(1, b"bcDEfghij");
        assert_eq!((put.duplicate, put.conflicting), (4, 2));
        assert_eq!(gap.pieces(), 1);
        assert_eq!(taken(&mut gap), "_bcdefghij");
        assert_eq!(gap.held(), super::GAP_COST);
    }

    #[test]
    fn pieces_that_touch_are_joined_and_large_ones_are_not() {
        let mut gap = Gap::new(0, Side::Client, 0);
        gap.put(2, b"c");
        gap.put(0, b"a");
        assert_eq!(gap.pieces(), 2);
        gap.put(1, b"b");
        assert_eq!(gap.pieces(), 1);
        gap.put(3, &vec![b'x'; super::JOINED - 1]);
        assert_eq!(gap.pieces(), 2);
    }
}
