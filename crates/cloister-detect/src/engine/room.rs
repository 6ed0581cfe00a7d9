//! What looking takes and nobody remembers: streams share it, so that each of many holds only what it waits with.

use std::cell::Cell;

use super::announce::Near;
use super::cluster::Cluster;
use super::found::Found;
use super::masks::Masks;
use crate::fields::Silent;

/// More is given back.
const MOST: usize = 256 << 10;

/// Made once for each thread.
pub struct Room {
    /// What a stream holds and what came, in one piece.
    pub bytes: Vec<u8>,
    pub near: Near,
    pub masks: Masks,
    pub cluster: Cluster,
    pub silent: Silent,
    pub found: Vec<Found>,
}

thread_local! {
    static ROOM: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

impl Room {
    fn new() -> Room {
        let (near, masks, cluster) = (Near::that_remembers(), Masks::new(), Cluster::new());
        Room { bytes: Vec::new(), near, masks, cluster, silent: Silent::new(), found: Vec::new() }
    }

    /// Looks with it. Who looks at what is encoded in a text does so while that has the room: it makes its own.
    pub fn with<T>(look: impl FnOnce(&mut Room) -> T) -> T {
        let mut room = ROOM.take().unwrap_or_else(|| Box::new(Room::new()));
        let seen = look(&mut room);
        room.bytes.clear();
        room.bytes.shrink_to(MOST);
        ROOM.set(Some(room));
        seen
    }
}
