//! Frames of our own making, and a listener that writes down what it is told.

#![allow(dead_code, reason = "each test uses some of it")]

use std::collections::BTreeMap;
use std::net::SocketAddr;

use cloister_packet::{Event, Flow, FlowId, Flows, Link, Listener, Side};
use etherparse::PacketBuilder;

/// What was told of a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub flow: Option<Flow>,
    pub whole: bool,
    /// Bytes of client and server; what was lost is marked.
    pub said: [Vec<u8>; 2],
    pub lost: [u64; 2],
    pub finished: [bool; 2],
    pub closed: bool,
}

/// Writes down.
#[derive(Default)]
pub struct Notes(pub BTreeMap<FlowId, Told>);

impl Listener for Notes {
    fn on(&mut self, id: FlowId, _: u64, event: Event<'_>) {
        let told = self.0.entry(id).or_default();
        assert!(!told.closed, "nothing comes after the end");
        assert_eq!(told.flow.is_none(), matches!(event, Event::Opened { .. }), "it is opened once, at first");
        match event {
            Event::Opened { flow, whole } => (told.flow, told.whole) = (Some(*flow), whole),
            Event::Bytes { side, bytes } => {
                assert!(!told.finished[side as usize], "nothing is said after the end of a side");
                assert!(!bytes.is_empty());
                told.said[side as usize].extend_from_slice(bytes);
            }
            Event::Lost { side, bytes } => {
                told.lost[side as usize] += bytes;
                told.said[side as usize].extend_from_slice(b"_");
            }
            Event::Finished { side } => told.finished[side as usize] = true,
            Event::Closed => told.closed = true,
        }
    }
}

impl Notes {
    /// What was told of the only flow.
    pub fn only(&self) -> &Told {
        assert_eq!(self.0.len(), 1, "{:?}", self.0);
        self.0.values().next().unwrap()
    }

    pub fn said(&self, side: Side) -> String {
        String::from_utf8_lossy(&self.only().said[side as usize]).into_owned()
    }
}

pub const CLIENT: &str = "192.0.2.1:40000";
pub const SERVER: &str = "192.0.2.2:80";

/// A segment to be made.
#[derive(Clone, Copy, Debug)]
pub struct Tcp<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub number: u32,
    pub acknowledges: Option<u32>,
    pub flags: &'a str,
    pub bytes: &'a [u8],
}

impl Tcp<'_> {
    /// As an IP packet without a link's head.
    pub fn packet(&self) -> Vec<u8> {
        let (from, to): (SocketAddr, SocketAddr) = (self.from.parse().unwrap(), self.to.parse().unwrap());
        let builder = match (from, to) {
            (SocketAddr::V4(from), SocketAddr::V4(to)) => PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), 64),
            (SocketAddr::V6(from), SocketAddr::V6(to)) => PacketBuilder::ipv6(from.ip().octets(), to.ip().octets(), 64),
            _ => unreachable!(),
        };
        let mut builder = builder.tcp(from.port(), to.port(), self.number, 65_000);
        if let Some(number) = self.acknowledges {
            builder = builder.ack(number);
        }
        for flag in self.flags.chars() {
            builder = match flag {
                'S' => builder.syn(),
                'F' => builder.fin(),
                'R' => builder.rst(),
                _ => unreachable!(),
            };
        }
        let mut packet = Vec::new();
        builder.write(&mut packet, self.bytes).unwrap();
        packet
    }
}

/// A segment of the client.
pub fn client(number: u32, acknowledges: u32, flags: &'static str, bytes: &'static str) -> Vec<u8> {
    let acknowledges = (acknowledges > 0).then_some(acknowledges);
    Tcp { from: CLIENT, to: SERVER, number, acknowledges, flags, bytes: bytes.as_bytes() }.packet()
}

/// A segment of the server.
pub fn server(number: u32, acknowledges: u32, flags: &'static str, bytes: &'static str) -> Vec<u8> {
    let acknowledges = (acknowledges > 0).then_some(acknowledges);
    Tcp { from: SERVER, to: CLIENT, number, acknowledges, flags, bytes: bytes.as_bytes() }.packet()
}

/// The first two segments of a connection: the client begins at 101, the server at 501.
pub fn opening() -> Vec<Vec<u8>> {
    vec![client(100, 0, "S", ""), server(500, 101, "S", "")]
}

/// A datagram as an IP packet.
pub fn datagram(from: &str, to: &str, bytes: &[u8]) -> Vec<u8> {
    let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let builder = match (from, to) {
        (SocketAddr::V4(from), SocketAddr::V4(to)) => PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), 64),
        (SocketAddr::V6(from), SocketAddr::V6(to)) => PacketBuilder::ipv6(from.ip().octets(), to.ip().octets(), 64),
        _ => unreachable!(),
    };
    let mut packet = Vec::new();
    builder.udp(from.port(), to.port()).write(&mut packet, bytes).unwrap();
    packet
}

/// A packet in an Ethernet frame, in these VLANs.
pub fn framed(packet: &[u8], vlans: &[u16]) -> Vec<u8> {
    let kind: u16 = if packet[0] >> 4 == 4 { 0x0800 } else { 0x86dd };
    let mut frame = vec![2; 12];
    for (number, vlan) in vlans.iter().enumerate() {
        let tag: u16 = if number + 1 < vlans.len() { 0x88a8 } else { 0x8100 };
        frame.extend(tag.to_be_bytes());
        frame.extend(vlan.to_be_bytes());
    }
    frame.extend(kind.to_be_bytes());
    frame.extend(packet);
    frame
}

/// Gives packets to `flows`, each a millisecond after the one before.
pub fn feed(flows: &mut Flows, notes: &mut Notes, packets: &[Vec<u8>]) {
    for packet in packets {
        let time = flows.counters().frames * 1_000 + 1_000_000;
        flows.push(Link::Raw, time, packet, notes);
    }
}
