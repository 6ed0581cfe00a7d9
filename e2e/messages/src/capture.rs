//! Recordings as a file of packets, for others to read.

use std::io::Write;

use anyhow::{Context, Result};
use cloister_protocol::{Side, Transport};
use tempfile::NamedTempFile;

use crate::proxy::Recording;

/// How much a packet carries.
const SEGMENT: usize = 1400;

/// Writes connections as packets without a link (DLT_RAW), each with its handshake and end; or datagrams.
pub(crate) fn write(recordings: &[Recording], transport: Transport, port: u16) -> Result<NamedTempFile> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 1 << 18, 101] {
        file.extend(word.to_le_bytes());
    }
    let mut packets = Packets { file, count: 0 };
    for (client, recording) in (30_000_u16..).zip(recordings) {
        let mut numbers = Numbers { ports: (client, port), client: 1000, server: 5000 };
        match transport {
            Transport::Tcp => packets.connection(&mut numbers, recording),
            Transport::Udp => recording.iter().for_each(|(side, said)| packets.datagram(&numbers, *side, said)),
        }
    }
    let mut kept = tempfile::Builder::new().suffix(".pcap").tempfile().context("failed to make a file")?;
    kept.write_all(&packets.file).context("failed to write packets")?;
    Ok(kept)
}

struct Packets {
    file: Vec<u8>,
    count: u32,
}

/// How far both sides are.
struct Numbers {
    /// Of the client and of the server.
    ports: (u16, u16),
    client: u32,
    server: u32,
}

const SYN: u8 = 2;
const ACK: u8 = 16;
const FIN: u8 = 1;

impl Packets {
    fn connection(&mut self, numbers: &mut Numbers, recording: &Recording) {
        self.segment(numbers, Side::Client, SYN, &[]);
        self.segment(numbers, Side::Server, SYN | ACK, &[]);
        for (side, said) in recording {
            for segment in said.chunks(SEGMENT) {
                self.segment(numbers, *side, ACK | 8, segment);
            }
        }
        self.segment(numbers, Side::Client, FIN | ACK, &[]);
        self.segment(numbers, Side::Server, FIN | ACK, &[]);
    }

    fn segment(&mut self, numbers: &mut Numbers, side: Side, flags: u8, content: &[u8]) {
        let (sequence, acknowledged) = match side {
            Side::Client => (numbers.client, numbers.server),
            Side::Server => (numbers.server, numbers.client),
        };
        let mut segment = ports(numbers, side);
        segment.extend(sequence.to_be_bytes());
        segment.extend(acknowledged.to_be_bytes());
        segment.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        segment.extend(content);
        self.packet(side, 6, &segment);
        let more = u32::try_from(content.len()).unwrap_or_default() + u32::from(flags & (SYN | FIN) != 0);
        match side {
            Side::Client => numbers.client += more,
            Side::Server => numbers.server += more,
        }
    }

    fn datagram(&mut self, numbers: &Numbers, side: Side, content: &[u8]) {
        let mut datagram = ports(numbers, side);
        datagram.extend(u16::try_from(8 + content.len()).unwrap_or(u16::MAX).to_be_bytes());
        datagram.extend([0, 0]);
        datagram.extend(content);
        self.packet(side, 17, &datagram);
    }

    fn packet(&mut self, side: Side, protocol: u8, content: &[u8]) {
        let (from, to) = if side == Side::Client { (1, 2) } else { (2, 1) };
        let length = u16::try_from(20 + content.len()).unwrap_or(u16::MAX);
        self.count += 1;
        for word in [self.count / 1000, self.count % 1000, u32::from(length), u32::from(length)] {
            self.file.extend(word.to_le_bytes());
        }
        self.file.extend([0x45, 0]);
        self.file.extend(length.to_be_bytes());
        self.file.extend([0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, from, 192, 0, 2, to]);
        self.file.extend(content);
    }
}

fn ports(numbers: &Numbers, side: Side) -> Vec<u8> {
    let (client, server) = numbers.ports;
    let (from, to) = if side == Side::Client { (client, server) } else { (server, client) };
    [from.to_be_bytes(), to.to_be_bytes()].concat()
}
