//! Packets made by hand: what two sides say, as frames and as recordings.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::cast_possible_truncation, reason = "tests make small packets")]

use std::net::Ipv4Addr;

/// Noon of 2026-09-21, in seconds.
pub const NOON: u32 = 1_790_000_000;

/// An end of a connection.
pub type End = ([u8; 4], u16);

/// Which end speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Client,
    Server,
}

/// The frames of a connection of TCP over Ethernet and IPv4: its beginning, what is said, its end.
pub fn connection(client: End, server: End, said: &[(Says, &[u8])]) -> Vec<Vec<u8>> {
    let (mut ours, mut theirs) = (1000u32, 5000u32);
    let mut frames =
        vec![segment(client, server, (ours, 0), SYN, b""), segment(server, client, (theirs, ours + 1), SYN | ACK, b"")];
    (ours, theirs) = (ours + 1, theirs + 1);
    frames.push(segment(client, server, (ours, theirs), ACK, b""));
    for (says, bytes) in said {
        for piece in bytes.chunks(1400) {
            if *says == Says::Client {
                frames.push(segment(client, server, (ours, theirs), ACK, piece));
                ours += piece.len() as u32;
                frames.push(segment(server, client, (theirs, ours), ACK, b""));
            } else {
                frames.push(segment(server, client, (theirs, ours), ACK, piece));
                theirs += piece.len() as u32;
                frames.push(segment(client, server, (ours, theirs), ACK, b""));
            }
        }
    }
    frames.push(segment(client, server, (ours, theirs), FIN | ACK, b""));
    frames.push(segment(server, client, (theirs, ours + 1), FIN | ACK, b""));
    frames.push(segment(client, server, (ours + 1, theirs + 1), ACK, b""));
    frames
}

const FIN: u8 = 1;
const SYN: u8 = 2;
const ACK: u8 = 16;

fn segment(from: End, to: End, (sequence, acknowledged): (u32, u32), flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut tcp = Vec::new();
    tcp.extend(from.1.to_be_bytes());
    tcp.extend(to.1.to_be_bytes());
    tcp.extend(sequence.to_be_bytes());
    tcp.extend(acknowledged.to_be_bytes());
    tcp.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    tcp.extend(payload);
    let sum = checksum(&[&from.0[..], &to.0, &[0, 6], &(tcp.len() as u16).to_be_bytes(), &tcp].concat());
    tcp.splice(16..18, sum.to_be_bytes());
    ipv4(from.0, to.0, 6, &tcp)
}

/// A datagram of UDP.
pub fn datagram(from: End, to: End, payload: &[u8]) -> Vec<u8> {
    let mut udp = Vec::new();
    udp.extend(from.1.to_be_bytes());
    udp.extend(to.1.to_be_bytes());
    udp.extend((8 + payload.len() as u16).to_be_bytes());
    udp.extend([0, 0]);
    udp.extend(payload);
    ipv4(from.0, to.0, 17, &udp)
}

fn ipv4(from: [u8; 4], to: [u8; 4], protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut head = vec![0x45, 0];
    head.extend((20 + payload.len() as u16).to_be_bytes());
    head.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    head.extend(from);
    head.extend(to);
    let sum = checksum(&head);
    head.splice(10..12, sum.to_be_bytes());
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    frame.extend(head);
    frame.extend(payload);
    frame
}

/// RFC 1071.
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | pair.get(1).copied().map_or(0, u32::from));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// A pcap file, a millisecond between frames.
pub fn pcap(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4u32.to_le_bytes());
    file.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(262_144u32.to_le_bytes());
    file.extend(1u32.to_le_bytes());
    for (number, frame) in frames.iter().enumerate() {
        let micro = number as u32 * 1000;
        file.extend((NOON + micro / 1_000_000).to_le_bytes());
        file.extend((micro % 1_000_000).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend(frame);
    }
    file
}

/// The same frames as pcapng, with nanoseconds.
pub fn pcapng(frames: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let padded = body.len().div_ceil(4) * 4;
        let length = (padded as u32 + 12).to_le_bytes();
        let mut block = kind.to_le_bytes().to_vec();
        block.extend(length);
        block.extend(body);
        block.resize(8 + padded, 0);
        block.extend(length);
        block
    };
    let mut section = 0x1a2b_3c4du32.to_le_bytes().to_vec();
    section.extend([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    let mut file = block(0x0a0d_0d0a, &section);
    file.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]));
    for (number, frame) in frames.iter().enumerate() {
        let time = u64::from(NOON) * 1_000_000_000 + number as u64 * 1_000_000;
        let mut body = 0u32.to_le_bytes().to_vec();
        body.extend(((time >> 32) as u32).to_le_bytes());
        body.extend((time as u32).to_le_bytes());
        body.extend((frame.len() as u32).to_le_bytes());
        body.extend((frame.len() as u32).to_le_bytes());
        body.extend(frame);
        file.extend(block(6, &body));
    }
    file
}

/// An address and a port.
pub fn end(address: &str, port: u16) -> End {
    (address.parse::<Ipv4Addr>().unwrap().octets(), port)
}

/// A response of HTTP/1.1 with a body of JSON.
pub fn json_response(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

/// An IBAN of Germany: made up, with its check digits.
pub fn iban(account: u64) -> String {
    let bban = format!("37040044{account:010}");
    // ISO 13616: D is 13, E is 14.
    let digits = format!("{bban}131400");
    let rest = digits.bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{bban}", 98 - rest)
}
