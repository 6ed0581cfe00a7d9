//! The whole way of a frame, and the clock.

use crate::counters::Counters;
use crate::fault::Fault;
use crate::flow::{Event, Flow, Listener, Side, Transport};
use crate::fragment::Fragments;
use crate::gap::{ACKNOWLEDGED, Gap, WAITING};
use crate::ip::{self, Packet};
use crate::key::{Key, Sent};
use crate::limits::Limits;
use crate::link::{Carried, Link, carried};
use crate::lists::Lists;
use crate::recent::Recent;
use crate::table::{DATAGRAMS, Entry, ONE_SIDED, TALKING, Table};
use crate::transport::{self, Datagram};
use crate::tunnel;

/// Protocols in IP (IANA).
const IPV4_IN_IP: u8 = 4;
const TCP: u8 = 6;
const UDP: u8 = 17;
const IPV6_IN_IP: u8 = 41;
const GRE: u8 = 47;
/// How often it is looked for what is idle, in microseconds.
const TICK: u64 = 1_000_000;

/// Why a flow ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Finished,
    Reset,
    TimedOut,
    Evicted,
    Replaced,
    /// The capture ends.
    Stopped,
}

/// Takes frames, and tells what both sides of each flow say.
pub struct Flows {
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    /// The latest time that a frame had.
    pub(crate) now: u64,
    ticked: u64,
    pub(crate) table: Table,
    /// What waits, by when it began to.
    pub(crate) gaps: Lists<Gap, 2>,
    pub(crate) waiting: usize,
    fragments: Fragments,
    /// The first number of who asked for a connection.
    pub(crate) asked: Recent<u32>,
    /// Where both sides of connections stood that ended.
    pub(crate) ended: Recent<[u32; 2]>,
}

impl Flows {
    /// No flow is known yet.
    pub fn new(limits: Limits) -> Flows {
        Flows {
            limits,
            counters: Counters::default(),
            now: 0,
            ticked: 0,
            table: Table::new(),
            gaps: Lists::new(),
            waiting: 0,
            fragments: Fragments::new(),
            asked: Recent::new(),
            ended: Recent::new(),
        }
    }

    /// Takes a frame that was seen at `time` (microseconds since 1970), as far as it was captured.
    pub fn push<L: Listener + ?Sized>(&mut self, link: Link, time: u64, frame: &[u8], listener: &mut L) {
        self.counters.frames += 1;
        self.counters.frame_bytes += frame.len() as u64;
        self.pass(time, listener);
        let done = carried(link, frame).and_then(|carried| self.packet(&carried, 0, listener));
        if let Err(fault) = done {
            fault.count(&mut self.counters);
        }
    }

    /// Time passes, though no frame came.
    pub fn tick<L: Listener + ?Sized>(&mut self, time: u64, listener: &mut L) {
        self.pass(time, listener);
    }

    /// Nothing more comes: what waits is handed on, and every flow closed.
    pub fn finish<L: Listener + ?Sized>(&mut self, listener: &mut L) {
        while let Some(flow) = self.table.any() {
            self.close(flow, End::Stopped, listener);
        }
    }

    /// What was seen, and what was dropped.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// How many flows are known now.
    pub fn open(&self) -> usize {
        self.table.length()
    }

    /// Bytes that are held for what is missing.
    pub fn held(&self) -> usize {
        self.waiting + self.fragments.held()
    }

    fn pass<L: Listener + ?Sized>(&mut self, time: u64, listener: &mut L) {
        self.now = self.now.max(time);
        self.give_up(listener);
        if self.now - self.ticked < TICK {
            return;
        }
        self.ticked = self.now;
        self.fragments.tick(self.now, &self.limits, &mut self.counters);
        let idle = [
            (ONE_SIDED, self.limits.idle_one_sided),
            (DATAGRAMS, self.limits.idle_datagrams),
            (TALKING, self.limits.idle),
        ];
        for (list, idle) in idle {
            while let Some(flow) = self.table.idle(list, self.now, idle) {
                self.close(flow, End::TimedOut, listener);
            }
        }
    }

    /// Gives up what was waited for long enough.
    fn give_up<L: Listener + ?Sized>(&mut self, listener: &mut L) {
        for (list, wait) in [(ACKNOWLEDGED, self.limits.grace), (WAITING, self.limits.patience)] {
            while let Some(number) = self.gaps.first(list) {
                let Some(gap) = self.gaps.get(number) else { break };
                if gap.since.saturating_add(wait) > self.now {
                    break;
                }
                self.skip(number, listener);
            }
        }
    }

    fn packet<L: Listener + ?Sized>(&mut self, it: &Carried<'_>, nested: u8, listener: &mut L) -> Result<(), Fault> {
        if nested > self.limits.nested {
            return Err(Fault::NestedTooDeep);
        }
        let packet = ip::read(it.packet, self.limits.checksums)?;
        self.counters.cut += u64::from(packet.cut > 0);
        let Some(part) = packet.part else { return self.content(&packet, it.segment, nested, listener) };
        let segment = if self.limits.apart_by_segment { it.segment } else { 0 };
        let joined = self.fragments.add(&packet, part, segment, self.now, &self.limits, &mut self.counters);
        let Some((protocol, content)) = joined else { return Ok(()) };
        let whole = Packet { protocol, content: &content, part: None, ..packet };
        let whole = if whole.source.is_ipv6() { ip::after_extensions(whole)? } else { whole };
        if whole.part.is_some() {
            return Err(Fault::Malformed);
        }
        self.content(&whole, it.segment, nested, listener)
    }

    fn content<L: Listener + ?Sized>(
        &mut self,
        packet: &Packet<'_>,
        segment: u32,
        nested: u8,
        listener: &mut L,
    ) -> Result<(), Fault> {
        let checked = self.limits.checksums;
        match packet.protocol {
            TCP => {
                let tcp = transport::segment(packet, segment, checked)?;
                self.segment(&tcp, listener);
                Ok(())
            }
            UDP => {
                let udp = transport::datagram(packet, segment)?;
                match tunnel::in_datagram(udp.destination.port(), udp.bytes) {
                    Some(inner) => self.inner(&inner, segment, nested, listener),
                    None => {
                        transport::check_datagram(packet, &udp, checked)?;
                        self.datagram(&udp, listener);
                        Ok(())
                    }
                }
            }
            IPV4_IN_IP | IPV6_IN_IP => {
                self.inner(&Carried { packet: packet.content, segment }, segment, nested, listener)
            }
            GRE => self.inner(&tunnel::in_gre(packet.content)?, segment, nested, listener),
            _ => Err(Fault::OtherTransport),
        }
    }

    fn inner<L: Listener + ?Sized>(
        &mut self,
        inner: &Carried<'_>,
        outer: u32,
        nested: u8,
        listener: &mut L,
    ) -> Result<(), Fault> {
        self.counters.tunnelled += 1;
        let segment = if inner.segment == 0 { outer } else { inner.segment };
        self.packet(&Carried { segment, ..*inner }, nested + 1, listener)
    }

    fn datagram<L: Listener + ?Sized>(&mut self, udp: &Datagram<'_>, listener: &mut L) {
        self.counters.datagrams += 1;
        let sent = self.sent(Transport::Udp, udp.source, udp.destination, udp.segment);
        let hash = self.table.hash(&sent.key);
        let flow = self.table.find(hash, &sent.key).unwrap_or_else(|| {
            let from = if calls(udp.source.port(), udp.destination.port()) { Side::Client } else { Side::Server };
            let entry = Entry::new(sent.key, sent.by_lower == (from == Side::Client));
            let (client, server) = by_side(from, udp.source, udp.destination);
            let flow = Flow { transport: Transport::Udp, client, server, segment: udp.segment };
            self.open_flow(hash, DATAGRAMS, entry, &flow, true, listener)
        });
        let Some(entry) = self.table.get_mut(flow) else { return };
        entry.last = self.now;
        let side = entry.side(sent.by_lower);
        self.hand_on(flow, side, udp.bytes, listener);
        self.lose(flow, side, udp.cut, listener);
    }

    pub(crate) fn sent(
        &self,
        transport: Transport,
        source: std::net::SocketAddr,
        destination: std::net::SocketAddr,
        segment: u32,
    ) -> Sent {
        Key::of(transport, source, destination, if self.limits.apart_by_segment { segment } else { 0 })
    }

    /// Opens a flow, after making room for it.
    pub(crate) fn open_flow<L: Listener + ?Sized>(
        &mut self,
        hash: u64,
        list: u8,
        entry: Entry,
        flow: &Flow,
        whole: bool,
        listener: &mut L,
    ) -> u32 {
        while self.table.length() >= self.limits.flows.max(1) {
            let Some(least) = self.table.least_useful(self.limits.flows, self.now) else { break };
            self.close(least, End::Evicted, listener);
        }
        let number = self.table.add(hash, list, self.now, entry);
        self.counters.opened += 1;
        self.counters.opened_midway += u64::from(!whole);
        listener.on(self.table.id(number), self.now, Event::Opened { flow, whole });
        number
    }

    /// Hands on what waits, and closes a flow.
    pub(crate) fn close<L: Listener + ?Sized>(&mut self, flow: u32, end: End, listener: &mut L) {
        for side in [Side::Client, Side::Server] {
            self.flush(flow, side, listener);
        }
        let counter = match end {
            End::Finished => Some(&mut self.counters.finished),
            End::Reset => Some(&mut self.counters.reset),
            End::TimedOut => Some(&mut self.counters.timed_out),
            End::Evicted => Some(&mut self.counters.evicted),
            End::Replaced => Some(&mut self.counters.replaced),
            End::Stopped => None,
        };
        counter.into_iter().for_each(|counter| *counter += 1);
        listener.on(self.table.id(flow), self.now, Event::Closed);
        if let Some((hash, entry)) = self.table.remove(flow)
            && matches!(end, End::Finished | End::Reset)
        {
            self.ended.put(hash, self.now / 1_000, entry.ends());
        }
    }

    pub(crate) fn hand_on<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, bytes: &[u8], listener: &mut L) {
        if !bytes.is_empty() {
            self.counters.bytes += bytes.len() as u64;
            listener.on(self.table.id(flow), self.now, Event::Bytes { side, bytes });
        }
    }

    pub(crate) fn lose<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, bytes: u32, listener: &mut L) {
        if bytes > 0 {
            self.counters.gaps += 1;
            self.counters.lost_bytes += u64::from(bytes);
            listener.on(self.table.id(flow), self.now, Event::Lost { side, bytes: u64::from(bytes) });
        }
    }
}

/// The client and the server, of which `side` is the first.
pub(crate) fn by_side<T>(side: Side, sender: T, receiver: T) -> (T, T) {
    match side {
        Side::Client => (sender, receiver),
        Side::Server => (receiver, sender),
    }
}

/// Whether who sends from the one port to the other is the client, as far as ports tell: services have low ports, or
/// ones that are known; of two of a kind, the lower one is more likely a service.
pub(crate) fn calls(from: u16, to: u16) -> bool {
    match (is_service(from), is_service(to)) {
        (true, false) => false,
        (false, true) => true,
        _ => from >= to,
    }
}

/// Ports of databases, queues, proxies and web servers over 1023.
const SERVICES: [u16; 34] = [
    1433, 1521, 1883, 2181, 2379, 2380, 3000, 3306, 4222, 4317, 4318, 5000, 5432, 5671, 5672, 6379, 6380, 6443, 8000,
    8080, 8081, 8086, 8443, 8888, 9000, 9042, 9090, 9092, 9093, 9200, 9300, 11211, 27017, 50051,
];

fn is_service(port: u16) -> bool {
    port < 1_024 || SERVICES.binary_search(&port).is_ok()
}
