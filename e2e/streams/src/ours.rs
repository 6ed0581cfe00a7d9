//! What `cloister-packet` makes of a capture.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use cloister_packet::{Counters, Event, Flow, FlowId, Flows, Limits, Link, Listener, Side, Transport};

use crate::file;

/// Who talks with whom: the client first.
pub type Ends = (SocketAddr, SocketAddr);

/// What one flow said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// Pieces of each side, as they were told; `Err` is the length of what was lost.
    pub pieces: [Vec<Result<Vec<u8>, u64>>; 2],
    /// Whether it was seen from its beginning.
    pub whole: bool,
    /// Which sides said that they end.
    pub finished: [bool; 2],
}

impl Stream {
    /// The bytes of a side that came.
    pub fn bytes(&self, side: Side) -> Vec<u8> {
        let [client, server] = &self.pieces;
        let pieces = if side == Side::Client { client } else { server };
        pieces.iter().flatten().flatten().copied().collect()
    }
}

/// All of a capture.
#[derive(Default)]
pub struct Streams {
    /// Connections.
    pub tcp: BTreeMap<Ends, Stream>,
    /// Exchanges of datagrams.
    pub udp: BTreeMap<Ends, Stream>,
    /// Those that have the ends of an earlier one.
    pub again: usize,
    open: BTreeMap<FlowId, (Flow, Stream)>,
}

impl Listener for Streams {
    fn on(&mut self, id: FlowId, _: u64, event: Event<'_>) {
        let piece = match event {
            Event::Opened { flow, whole } => {
                self.open.insert(id, (*flow, Stream { whole, ..Stream::default() }));
                return;
            }
            Event::Closed => return self.close(id),
            Event::Finished { side } => {
                if let Some((_, stream)) = self.open.get_mut(&id) {
                    *of(&mut stream.finished, side) = true;
                }
                return;
            }
            Event::Bytes { side, bytes } => (side, Ok(bytes.to_vec())),
            Event::Lost { side, bytes } => (side, Err(bytes)),
        };
        if let Some((_, stream)) = self.open.get_mut(&id) {
            of(&mut stream.pieces, piece.0).push(piece.1);
        }
    }
}

fn of<T>([client, server]: &mut [T; 2], side: Side) -> &mut T {
    if side == Side::Client { client } else { server }
}

impl Streams {
    fn close(&mut self, id: FlowId) {
        let Some((flow, stream)) = self.open.remove(&id) else { return };
        let map = if flow.transport == Transport::Tcp { &mut self.tcp } else { &mut self.udp };
        self.again += usize::from(map.insert((flow.client, flow.server), stream).is_some());
    }
}

/// Reads a file; `keeps`: which of its frames are seen.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path, mut keeps: impl FnMut(&[u8]) -> bool) -> Result<(Streams, Counters)> {
    let mut flows = Flows::new(Limits::default());
    let mut streams = Streams::default();
    let mut unknown = None;
    file::read(path, |number, time, frame| match Link::of_number(number) {
        Some(link) if keeps(frame) => flows.push(link, time, frame, &mut streams),
        Some(_) => {}
        None => unknown = Some(number),
    })?;
    flows.finish(&mut streams);
    if let Some(number) = unknown {
        return Err(anyhow::anyhow!("link {number} is not known")).context("no frame was read");
    }
    Ok((streams, *flows.counters()))
}
