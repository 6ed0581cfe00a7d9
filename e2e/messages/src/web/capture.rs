//! Recordings as a file of packets, for others to read.

use std::io::Write;

use anyhow::{Context, Result};
use cloister_protocol::Side;
use tempfile::NamedTempFile;

use crate::proxy::Recording;

/// How much a packet carries.
const SEGMENT: usize = 1400;
/// The port of servers here.
const PORT: u16 = 80;

/// Writes connections as packets without a link (DLT_RAW), each with its handshake and end.
pub(super) fn write(recordings: &[Recording]) -> Result<NamedTempFile> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 1 << 18, 101] {
        file.extend(word.to_le_bytes());
    }
    let mut packets = Packets { file, count: 0 };
    for (port, recording) in (40_000_u16..).zip(recordings) {
        packets.connection(port, recording);
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
    port: u16,
    client: u32,
    server: u32,
}

const SYN: u8 = 2;
const ACK: u8 = 16;
const FIN: u8 = 1;

impl Packets {
    fn connection(&mut self, port: u16, recording: &Recording) {
        let mut numbers = Numbers { port, client: 1000, server: 5000 };
        self.packet(&mut numbers, Side::Client, SYN, &[]);
        self.packet(&mut numbers, Side::Server, SYN | ACK, &[]);
        for (side, said) in recording {
            for segment in said.chunks(SEGMENT) {
                self.packet(&mut numbers, *side, ACK | 8, segment);
            }
        }
        self.packet(&mut numbers, Side::Client, FIN | ACK, &[]);
        self.packet(&mut numbers, Side::Server, FIN | ACK, &[]);
    }

    fn packet(&mut self, numbers: &mut Numbers, side: Side, flags: u8, content: &[u8]) {
        let (from, to, ports, sequence, acknowledged) = match side {
            Side::Client => (1, 2, (numbers.port, PORT), numbers.client, numbers.server),
            Side::Server => (2, 1, (PORT, numbers.port), numbers.server, numbers.client),
        };
        let length = u16::try_from(40 + content.len()).unwrap_or(u16::MAX);
        let mut packet = vec![0x45, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, from, 192, 0, 2, to]);
        packet.extend(ports.0.to_be_bytes());
        packet.extend(ports.1.to_be_bytes());
        packet.extend(sequence.to_be_bytes());
        packet.extend(acknowledged.to_be_bytes());
        packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend(content);
        self.count += 1;
        for word in [self.count / 1000, self.count % 1000, u32::from(length), u32::from(length)] {
            self.file.extend(word.to_le_bytes());
        }
        self.file.extend(packet);
        let more = u32::try_from(content.len()).unwrap_or_default() + u32::from(flags & (SYN | FIN) != 0);
        match side {
            Side::Client => numbers.client += more,
            Side::Server => numbers.server += more,
        }
    }
}
