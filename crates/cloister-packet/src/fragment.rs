//! Fragments (RFC 791, RFC 8200 section 4.5) put together again.
//!
//! As hosts do (RFC 5722, and Linux for IPv4 too): a packet of which parts overlap is thrown away whole, so that nobody
//! can show us one text and the host another. A part that comes twice is none that overlaps.

use std::collections::VecDeque;
use std::net::IpAddr;

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use crate::counters::Counters;
use crate::ip::{Packet, Part};
use crate::limits::Limits;

/// A packet's content is at most so long.
const LONGEST: usize = u16::MAX as usize;
/// Parts of one packet: at the smallest size that networks have (RFC 791), 1,366 make up the longest.
const MOST_PARTS: usize = 1_400;
/// What it costs to keep a packet, and a part of one, besides its bytes.
const COST: usize = 256;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    number: u32,
    protocol: u8,
    segment: u32,
}

struct Parts {
    since: u64,
    /// Tells this one from an earlier packet of the same key.
    serial: u64,
    /// What the first part says that it carries.
    protocol: u8,
    /// By their place.
    parts: Vec<(usize, Vec<u8>)>,
    /// How long the whole is, once the last part came.
    end: Option<usize>,
    /// Bytes that have come.
    come: usize,
    /// What keeping it costs.
    held: usize,
    /// Thrown away: what comes of it is dropped until its time is over.
    refused: bool,
}

enum Added {
    Waits,
    Twice,
    Refused,
    Whole,
}

/// All packets of which parts are missing.
pub(crate) struct Fragments {
    open: HashMap<Key, Parts, RandomState>,
    /// In the order in which they came; some are no longer open.
    order: VecDeque<(Key, u64)>,
    serial: u64,
    held: usize,
}

impl Fragments {
    pub(crate) fn new() -> Fragments {
        Fragments { open: HashMap::default(), order: VecDeque::new(), serial: 0, held: 0 }
    }

    /// What is held of fragments, in bytes.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Takes a part; the packet's protocol and content once it is whole.
    pub(crate) fn add(
        &mut self,
        packet: &Packet<'_>,
        part: Part,
        segment: u32,
        now: u64,
        limits: &Limits,
        counters: &mut Counters,
    ) -> Option<(u8, Vec<u8>)> {
        counters.fragments += 1;
        let end = part.start + packet.content.len();
        let broken =
            packet.content.is_empty() || end > LONGEST || (!part.last && !packet.content.len().is_multiple_of(8));
        if broken || packet.cut > 0 {
            counters.malformed += u64::from(broken);
            return None;
        }
        let key = Key {
            source: packet.source,
            destination: packet.destination,
            number: part.number,
            // The next header of later parts of IPv6 may differ (RFC 8200), and the number is enough.
            protocol: if packet.source.is_ipv4() { packet.protocol } else { 0 },
            segment,
        };
        let Fragments { open, order, serial, held } = self;
        let parts = open.entry(key).or_insert_with(|| {
            *serial += 1;
            order.push_back((key, *serial));
            *held += COST;
            Parts::new(now, *serial)
        });
        if part.start == 0 {
            parts.protocol = packet.protocol;
        }
        let before = parts.held;
        let added = parts.add(part, packet.content);
        self.held = (self.held + parts.held).saturating_sub(before);
        match added {
            Added::Waits => {}
            Added::Twice => counters.duplicate_bytes += packet.content.len() as u64,
            Added::Refused => counters.fragments_overlapping += 1,
            Added::Whole => {
                let parts = self.open.remove(&key)?;
                self.held = self.held.saturating_sub(parts.held);
                self.forget();
                counters.fragments_joined += 1;
                return Some((parts.protocol, parts.joined()));
            }
        }
        while self.held > limits.fragments && self.drop_oldest() {
            counters.fragments_evicted += 1;
        }
        self.forget();
        None
    }

    /// Forgets the order of what is no longer open, once it is most of it.
    fn forget(&mut self) {
        if self.order.len() > 2 * self.open.len() + 1_024 {
            let open = &self.open;
            self.order.retain(|(key, serial)| open.get(key).is_some_and(|parts| parts.serial == *serial));
        }
    }

    /// Gives up what waits for too long.
    pub(crate) fn tick(&mut self, now: u64, limits: &Limits, counters: &mut Counters) {
        while let Some((key, serial)) = self.order.front() {
            match self.open.get(key).filter(|parts| parts.serial == *serial) {
                Some(parts) if parts.since.saturating_add(limits.fragment_patience) > now => return,
                Some(parts) => {
                    counters.fragments_timed_out += u64::from(!parts.refused);
                    self.drop_oldest();
                }
                None => {
                    self.order.pop_front();
                }
            }
        }
    }

    /// Nothing more comes.
    pub(crate) fn finish(&mut self, counters: &mut Counters) {
        let open = self.open.drain().filter(|(_, parts)| !parts.refused).count();
        counters.fragments_timed_out += open as u64;
        self.order.clear();
        self.held = 0;
    }

    /// Whether there was one.
    fn drop_oldest(&mut self) -> bool {
        while let Some((key, serial)) = self.order.pop_front() {
            if self.open.get(&key).is_some_and(|parts| parts.serial == serial) {
                let held = self.open.remove(&key).map_or(0, |parts| parts.held);
                self.held = self.held.saturating_sub(held);
                return true;
            }
        }
        false
    }
}

impl Parts {
    fn new(since: u64, serial: u64) -> Parts {
        Parts { since, serial, protocol: 0, parts: Vec::new(), end: None, come: 0, held: COST, refused: false }
    }

    fn add(&mut self, part: Part, content: &[u8]) -> Added {
        if self.refused {
            return Added::Waits;
        }
        let (start, end) = (part.start, part.start + content.len());
        let at = self.parts.partition_point(|(other, _)| *other < start);
        let same = |(other, bytes): &(usize, Vec<u8>)| *other == start && bytes.len() == content.len();
        if self.parts.get(at).is_some_and(same) {
            return Added::Twice;
        }
        let after = self.parts.get(at).is_some_and(|(other, _)| *other < end);
        let before = at
            .checked_sub(1)
            .and_then(|at| self.parts.get(at))
            .is_some_and(|(other, bytes)| other + bytes.len() > start);
        let last = self.parts.last().map_or(0, |(other, bytes)| other + bytes.len());
        // What is beyond the end, or another end.
        let lies = self.end.is_some_and(|known| end > known || part.last) || (part.last && last > end);
        if after || before || lies || self.parts.len() >= MOST_PARTS {
            self.refuse();
            return Added::Refused;
        }
        if part.last {
            self.end = Some(end);
        }
        self.come += content.len();
        self.held += content.len() + COST / 2;
        self.parts.insert(at, (start, content.to_vec()));
        if self.end == Some(self.come) { Added::Whole } else { Added::Waits }
    }

    fn refuse(&mut self) {
        self.refused = true;
        self.parts = Vec::new();
        self.held = COST;
    }

    fn joined(self) -> Vec<u8> {
        let mut whole = Vec::with_capacity(self.come);
        self.parts.into_iter().for_each(|(_, bytes)| whole.extend_from_slice(&bytes));
        whole
    }
}
