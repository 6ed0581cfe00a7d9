//! All connections together.

use std::net::IpAddr;
use std::sync::Arc;

use cloister_dlp::{Findings, Key, Knowledge, Names};
use cloister_packet::{Event, Flow, FlowId, Listener};
use cloister_protocol::Limits;

use crate::connections::Connections;
use crate::message::Held;
use crate::numbered::Numbered;
use crate::reading::Desk;
use crate::statistics::Statistics;
use crate::track::{Said, Track};

/// Connections that hold more than this together are many: each of them holds less then, which takes time.
const CROWDED: usize = 16 << 20;
/// Below it, there is room to gather what comes.
const ROOMY: usize = 8 << 20;

/// How much may be held.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Tells values apart while they are counted; random, and never written.
    pub key: Key,
    /// Of one connection.
    pub limits: Limits,
    /// Of findings.
    pub findings: cloister_dlp::Limits,
    /// Names of addresses.
    pub names: usize,
    /// Pairs of who talked to whom.
    pub connections: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            key: [0; 16],
            limits: Limits::default(),
            findings: cloister_dlp::Limits::default(),
            names: 1 << 16,
            connections: 1 << 16,
        }
    }
}

/// Hears what flows say, and judges it.
pub struct Inspector {
    /// By the slots of flows.
    tracks: Vec<Option<Box<Track>>>,
    limits: Limits,
    shared: Shared,
    /// Bytes that open connections hold, about.
    held: usize,
}

/// What all connections share.
pub struct Shared {
    pub(crate) statistics: Statistics,
    /// Where values are read.
    pub(crate) desk: Desk,
    knowledge: Arc<Knowledge>,
    findings: Findings,
    names: Names,
    pub(crate) numbered: Numbered,
    connections: Connections,
    time: u64,
}

impl Inspector {
    /// One that heard nothing yet.
    pub fn new(knowledge: Arc<Knowledge>, settings: &Settings) -> Inspector {
        let shared = Shared {
            statistics: Statistics::default(),
            desk: Desk::new(settings.key, &knowledge.lens),
            knowledge,
            findings: Findings::new(settings.findings),
            names: Names::new(settings.names),
            numbered: Numbered::new(),
            connections: Connections::new(settings.connections),
            time: 0,
        };
        Inspector { tracks: Vec::new(), limits: settings.limits, shared, held: 0 }
    }

    /// From now on, this is known.
    pub fn know(&mut self, knowledge: Arc<Knowledge>) {
        self.shared.desk.look_through(&knowledge.lens);
        self.shared.knowledge = knowledge;
    }

    /// What is known.
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        &self.shared.knowledge
    }

    /// What was found.
    pub fn findings(&mut self) -> &mut Findings {
        &mut self.shared.findings
    }

    /// The time of the last packet, in microseconds since 1970.
    pub fn time(&self) -> u64 {
        self.shared.time
    }

    /// Who talked to whom since this was last asked.
    pub fn connections(&mut self) -> Vec<crate::Connection> {
        self.shared.connections.take(&self.shared.knowledge.directory)
    }

    /// Numbers so far.
    pub fn statistics(&self) -> &Statistics {
        &self.shared.statistics
    }

    /// Bytes that open connections hold, about.
    pub fn held(&self) -> usize {
        self.held
    }

    fn open(&mut self, id: FlowId, track: Track) {
        let Ok(slot) = usize::try_from(id.slot()) else { return };
        if slot >= self.tracks.len() {
            self.tracks.resize_with(slot + 1, || None);
        }
        if let Some(place) = self.tracks.get_mut(slot) {
            *place = Some(Box::new(track));
        }
    }

    /// Does something with a connection, and counts what it holds then.
    fn with(&mut self, id: FlowId, change: impl FnOnce(&mut Track, &mut Shared)) {
        let place = usize::try_from(id.slot()).ok().and_then(|slot| self.tracks.get_mut(slot));
        if let Some(track) = place.and_then(Option::as_mut) {
            self.shared.desk.crowded = self.held > CROWDED;
            self.shared.desk.roomy = self.held < ROOMY;
            change(track, &mut self.shared);
            track.account(&mut self.held);
        }
    }

    fn close(&mut self, id: FlowId) {
        let place = usize::try_from(id.slot()).ok().and_then(|slot| self.tracks.get_mut(slot));
        if let Some(track) = place.and_then(Option::take) {
            self.shared.statistics.open = self.shared.statistics.open.saturating_sub(1);
            self.held = self.held.saturating_sub(track.counted());
            track.close(&mut self.shared);
        }
    }
}

impl Listener for Inspector {
    fn on(&mut self, id: FlowId, time: u64, event: Event<'_>) {
        self.shared.time = time;
        match event {
            Event::Opened { flow, whole } => {
                self.shared.statistics.flows += 1;
                self.shared.statistics.open += 1;
                self.open(id, Track::new(*flow, whole, self.limits));
            }
            Event::Bytes { side, bytes } => {
                self.shared.statistics.bytes += bytes.len() as u64;
                self.with(id, |track, shared| track.push(side, bytes, shared));
            }
            Event::Lost { side, bytes } => {
                self.shared.statistics.lost += bytes;
                self.with(id, |track, shared| track.lost(side, bytes, shared));
            }
            Event::Finished { side } => self.with(id, |track, shared| track.finish(side, shared)),
            Event::Closed => self.close(id),
        }
    }
}

impl Shared {
    /// Judges what a message held.
    pub(crate) fn submit(&mut self, flow: &Flow, said: &Said<'_>, held: &Held) {
        let parties = said.parties(flow, &self.knowledge, &self.names, self.time);
        let passage = said.passage(&parties);
        let at = (flow.server.port(), self.time);
        self.findings.add(&self.knowledge, &passage, at, &held.tallies, held.records);
        self.findings.allowed(&self.knowledge, &held.allowed);
        if let Some(opaque) = held.unsearched {
            *self.statistics.unsearched.entry(opaque).or_default() += 1;
            self.findings.unsearched(&self.knowledge, &passage, at, opaque.as_str());
        }
    }

    pub(crate) fn connected(&mut self, flow: &Flow, whole: bool) {
        // Which end called is a guess where the beginning was not seen.
        if whole {
            self.connections.add(flow, &self.knowledge.directory, &self.names, self.time);
        }
    }

    /// A name was looked up, and leads to this address for so many seconds.
    pub(crate) fn learn(&mut self, address: IpAddr, name: &str, seconds: u32) {
        self.names.learn(address.to_canonical(), name.trim_end_matches('.'), seconds, self.time);
    }

    pub(crate) fn count_seen(&mut self) {
        for recognised in self.desk.seen.drain(..) {
            let detection = recognised.detection();
            match detection.test_data {
                true => self.statistics.specimens += 1,
                false => *self.statistics.values.entry(detection.category).or_default() += 1,
            }
        }
    }
}
