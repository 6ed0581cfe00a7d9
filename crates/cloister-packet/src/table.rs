//! The flows that are known now.

use hashbrown::HashTable;

use crate::flow::{FlowId, Side};
use crate::key::{Hashes, Key};
use crate::lists::Lists;

/// Lists of flows: TCP of which one side was heard; datagrams; TCP of which both were.
pub(crate) const ONE_SIDED: u8 = 0;
pub(crate) const DATAGRAMS: u8 = 1;
pub(crate) const TALKING: u8 = 2;

/// No gap.
pub(crate) const NONE: u32 = u32::MAX;
/// Flows that were in use since they were queued are passed over when room is made, so often.
const CHANCES: usize = 8;
/// An acknowledgement so far behind tells nothing.
const FORGOTTEN: u32 = 1 << 30;

/// One side of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Half {
    /// The number of the next byte to be handed on.
    pub(crate) next: u32,
    /// Up to where the other side says that it has everything.
    pub(crate) acknowledged: u32,
    /// What of it waits.
    pub(crate) gap: u32,
    /// Segments in a row that fit nowhere.
    pub(crate) strange: u8,
    /// Whether `next` is known.
    pub(crate) started: bool,
    /// Whether it said anything.
    pub(crate) heard: bool,
    /// Whether it says no more.
    pub(crate) finished: bool,
}

impl Half {
    /// One of which nothing is known.
    pub(crate) const UNKNOWN: Half =
        Half { next: 0, acknowledged: 0, gap: NONE, strange: 0, started: false, heard: false, finished: false };

    /// Its next byte has this number.
    pub(crate) fn start(&mut self, next: u32) {
        (self.next, self.acknowledged, self.started) = (next, next, true);
    }

    /// So many bytes follow.
    pub(crate) fn advance(&mut self, bytes: u32) {
        self.next = self.next.wrapping_add(bytes);
        // Where the other side was not heard for long, its last word would soon seem to lie ahead.
        if self.next.wrapping_sub(self.acknowledged) > FORGOTTEN && self.beyond() == 0 {
            self.acknowledged = self.next;
        }
    }

    /// How far beyond the next byte the other side has everything; 0 where it is not.
    pub(crate) fn beyond(&self) -> u32 {
        let distance = self.acknowledged.wrapping_sub(self.next);
        if distance > u32::MAX / 2 { 0 } else { distance }
    }
}

/// A flow: about a hundred bytes, whatever it has said.
pub(crate) struct Entry {
    key: Key,
    /// When its last packet came.
    pub(crate) last: u64,
    /// When it was put into its list.
    queued: u64,
    client: Half,
    server: Half,
    /// Whether the lower end of the key is the client.
    client_is_lower: bool,
}

impl Entry {
    pub(crate) fn new(key: Key, client_is_lower: bool) -> Entry {
        Entry { key, last: 0, queued: 0, client: Half::UNKNOWN, server: Half::UNKNOWN, client_is_lower }
    }

    pub(crate) fn half(&self, side: Side) -> &Half {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    pub(crate) fn half_mut(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Which side sent a packet.
    pub(crate) fn side(&self, by_lower: bool) -> Side {
        if by_lower == self.client_is_lower { Side::Client } else { Side::Server }
    }

    /// The numbers at which both sides stand, that of the lower end first.
    pub(crate) fn ends(&self) -> [u32; 2] {
        [self.half(self.side(true)).next, self.half(self.side(false)).next]
    }
}

/// The flows that are known now.
pub(crate) struct Table {
    flows: Lists<Entry, 3>,
    index: HashTable<u32>,
    hashes: Hashes,
}

impl Table {
    pub(crate) fn new() -> Table {
        Table { flows: Lists::new(), index: HashTable::new(), hashes: Hashes::new() }
    }

    pub(crate) fn hash(&self, key: &Key) -> u64 {
        self.hashes.of(key)
    }

    pub(crate) fn find(&self, hash: u64, key: &Key) -> Option<u32> {
        let same = |number: &u32| self.flows.get(*number).is_some_and(|entry| entry.key == *key);
        self.index.find(hash, same).copied()
    }

    pub(crate) fn add(&mut self, hash: u64, list: u8, now: u64, mut entry: Entry) -> u32 {
        (entry.last, entry.queued) = (now, now);
        let number = self.flows.add(list, entry);
        let Table { flows, index, hashes } = self;
        let again = |number: &u32| flows.get(*number).map_or(0, |entry| hashes.of(&entry.key));
        index.insert_unique(hash, number, again);
        number
    }

    /// Takes it out; with the hash of its key.
    pub(crate) fn remove(&mut self, number: u32) -> Option<(u64, Entry)> {
        let entry = self.flows.remove(number)?;
        let hash = self.hashes.of(&entry.key);
        if let Ok(found) = self.index.find_entry(hash, |other| *other == number) {
            found.remove();
        }
        Some((hash, entry))
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Entry> {
        self.flows.get(number)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Entry> {
        self.flows.get_mut(number)
    }

    pub(crate) fn id(&self, number: u32) -> FlowId {
        FlowId((u64::from(self.flows.turn(number)) << 32) | u64::from(number))
    }

    pub(crate) fn length(&self) -> usize {
        self.index.len()
    }

    /// Both sides were heard.
    pub(crate) fn talks(&mut self, number: u32, now: u64) {
        self.queue(number, TALKING, now);
    }

    fn queue(&mut self, number: u32, list: u8, now: u64) {
        if let Some(entry) = self.flows.get_mut(number) {
            entry.queued = now;
            self.flows.requeue(number, list);
        }
    }

    /// Any flow, the one that is there for longest.
    pub(crate) fn any(&self) -> Option<u32> {
        [ONE_SIDED, DATAGRAMS, TALKING].into_iter().find_map(|list| self.flows.first(list))
    }

    /// One that was idle for so long, of one of the lists. It may take twice as long to be found.
    pub(crate) fn idle(&mut self, list: u8, now: u64, idle: u64) -> Option<u32> {
        loop {
            let number = self.flows.first(list)?;
            let entry = self.flows.get(number)?;
            if entry.queued.saturating_add(idle) > now {
                return None;
            }
            if entry.last.saturating_add(idle) <= now {
                return Some(number);
            }
            self.queue(number, list, now);
        }
    }

    /// The flow that is missed least: one that was idle for long; one-sided ones, which floods consist of, before
    /// datagrams, and both before connections, as long as each has its share.
    pub(crate) fn least_useful(&mut self, most: usize, now: u64) -> Option<u32> {
        let shares = [(ONE_SIDED, most / 8), (DATAGRAMS, most / 4), (TALKING, 0)];
        let over = shares.iter().find(|(list, share)| self.flows.length(*list) > *share);
        let list = over.map_or(TALKING, |(list, _)| *list);
        for _ in 0..CHANCES {
            let number = self.flows.first(list)?;
            if self.flows.get(number).is_none_or(|entry| entry.last <= entry.queued) {
                return Some(number);
            }
            self.queue(number, list, now);
        }
        self.flows.first(list)
    }
}
