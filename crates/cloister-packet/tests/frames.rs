//! Frames, fragments and tunnels are taken apart, and lies are counted.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use cloister_packet::{Counters, Flows, Limits, Link, Side};
use common::{Notes, datagram, framed};
use etherparse::PacketBuilder;

const V4: [&str; 2] = ["192.0.2.1:40000", "192.0.2.2:53"];
const V6: [&str; 2] = ["[2001:db8::1]:40000", "[2001:db8::2]:53"];

/// Pushes these frames, a millisecond apart.
fn pushed(link: Link, frames: &[Vec<u8>]) -> (Notes, Counters) {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    for (number, frame) in frames.iter().enumerate() {
        flows.push(link, 1_000_000 + number as u64 * 1_000, frame, &mut notes);
    }
    (notes, *flows.counters())
}

fn said(link: Link, frames: &[Vec<u8>]) -> String {
    pushed(link, frames).0.said(Side::Client)
}

#[test]
fn every_link_is_read() {
    for ends in [V4, V6] {
        let packet = datagram(ends[0], ends[1], b"hello");
        let kind = framed(&packet, &[])[12..14].to_vec();
        let with = |parts: &[&[u8]]| vec![parts.concat()];
        let family = if ends == V4 { 2_u32 } else { 10 };
        let cases = [
            (Link::Ethernet, with(&[&framed(&packet, &[])])),
            (Link::Raw, with(&[&packet])),
            (Link::LinuxCooked, with(&[&[0; 14], &kind, &packet])),
            (Link::LinuxCooked2, with(&[&kind, &[0; 18], &packet])),
            (Link::Loopback, with(&[&family.to_le_bytes(), &packet])),
            (Link::Loopback, with(&[&family.to_be_bytes(), &packet])),
        ];
        for (link, frames) in cases {
            assert_eq!(said(link, &frames), "hello", "{link:?}");
        }
    }
}

#[test]
fn vlans_are_named() {
    let packet = datagram(V4[0], V4[1], b"hello");
    for (vlans, segment) in [(&[][..], 0), (&[7][..], 7), (&[5, 7][..], (5 << 12) | 7)] {
        let (notes, _) = pushed(Link::Ethernet, &[framed(&packet, vlans)]);
        assert_eq!(notes.only().flow.unwrap().segment, segment);
    }
}

#[test]
fn padding_is_not_said() {
    let mut frame = framed(&datagram(V4[0], V4[1], b"hi"), &[]);
    frame.resize(60, 0xaa);
    assert_eq!(said(Link::Ethernet, &[frame]), "hi");
}

/// A header of VXLAN and Geneve for the network 4242.
fn vxlan() -> [u8; 8] {
    [0x08, 0, 0, 0, 0, 0x10, 0x92, 0]
}

fn geneve(kind: u16) -> Vec<u8> {
    // One option of four bytes and its head.
    let mut head = vec![2, 0];
    head.extend(kind.to_be_bytes());
    head.extend([0, 0x10, 0x92, 0, 1, 2, 3, 1, 0xff, 0xff, 0xff, 0xff]);
    head
}

fn outer(port: u16, content: &[u8]) -> Vec<u8> {
    datagram("10.0.0.1:50000", &format!("10.0.0.2:{port}"), content)
}

/// A packet of this protocol around another.
fn within(protocol: u8, content: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64);
    builder.write(&mut packet, etherparse::IpNumber(protocol), content).unwrap();
    packet
}

#[test]
fn tunnels_are_opened() {
    for ends in [V4, V6] {
        let inner = datagram(ends[0], ends[1], b"inside");
        let kind = u16::from_be_bytes([framed(&inner, &[])[12], framed(&inner, &[])[13]]);
        let frame = framed(&inner, &[]);
        let gre = |flags: u8, kind: u16, content: &[u8]| {
            let fields = vec![0; flags.count_ones() as usize * 4];
            within(47, &[&[flags, 0][..], &kind.to_be_bytes(), &fields, content].concat())
        };
        let cases = [
            outer(4789, &[&vxlan()[..], &frame].concat()),
            outer(8472, &[&vxlan()[..], &frame].concat()),
            outer(12345, &[&vxlan()[..], &frame].concat()),
            outer(6081, &[geneve(0x6558), frame.clone()].concat()),
            outer(6081, &[geneve(kind), inner.clone()].concat()),
            gre(0, kind, &inner),
            gre(0xb0, 0x6558, &frame),
            within(if ends == V4 { 4 } else { 41 }, &inner),
            outer(4789, &[&vxlan()[..], &framed(&outer(4789, &[&vxlan()[..], &frame].concat()), &[])].concat()),
        ];
        for (number, packet) in cases.into_iter().enumerate() {
            let (notes, counters) = pushed(Link::Raw, &[packet]);
            assert_eq!(notes.said(Side::Client), "inside", "case {number}");
            assert_eq!(notes.only().flow.unwrap().client, ends[0].parse().unwrap());
            assert!(counters.tunnelled > 0);
        }
    }
}

#[test]
fn the_sum_of_a_tunnel_may_be_that_of_what_is_not_filled_in_yet() {
    let mut inner = framed(&datagram(V4[0], V4[1], b"inside"), &[]);
    let mut packet = outer(4789, &[&vxlan()[..], &inner].concat());
    packet[26] ^= 0x55;
    assert_eq!(said(Link::Raw, &[packet]), "inside");
    inner[40] ^= 0x55;
    let (notes, counters) = pushed(Link::Raw, &[outer(4789, &[&vxlan()[..], &inner].concat())]);
    assert!(notes.0.is_empty());
    assert_eq!(counters.checksum, 1);
}

#[test]
fn what_only_looks_like_a_tunnel_is_said() {
    let inner = framed(&datagram(V4[0], V4[1], b"inside"), &[]);
    let longer = [&vxlan()[..], &inner, &[0; 99]].concat();
    for content in [&longer[..], b"\x08\0\0\0\0\0\x01\0 and text", b"text"] {
        let (notes, counters) = pushed(Link::Raw, &[outer(12345, content)]);
        assert_eq!(notes.only().said[0], content);
        assert_eq!(counters.tunnelled, 0);
    }
}

#[test]
fn tunnels_in_tunnels_end_somewhere() {
    let mut packet = datagram(V4[0], V4[1], b"deep");
    for _ in 0..100 {
        packet = within(4, &packet);
    }
    let (notes, counters) = pushed(Link::Raw, &[packet]);
    assert!(notes.0.is_empty());
    assert_eq!(counters.nested_too_deep, 1);
}

/// The fragments of a packet of IPv4: (start, end) of its content.
fn parts(packet: &[u8], places: &[(usize, usize)]) -> Vec<Vec<u8>> {
    let content = &packet[20..];
    let part = |(start, end): &(usize, usize)| {
        let end = (*end).min(content.len());
        let mut part = packet[..20].to_vec();
        let more = if end < content.len() { 0x2000 } else { 0 };
        part.extend(&content[*start..end]);
        let length = u16::try_from(part.len()).unwrap();
        part[2..4].copy_from_slice(&length.to_be_bytes());
        part[6..8].copy_from_slice(&(u16::try_from(start / 8).unwrap() | more).to_be_bytes());
        part[10..12].fill(0);
        part
    };
    places.iter().map(part).collect()
}

#[test]
fn fragments_are_joined_in_any_order() {
    let text = "0123456789abcdef".repeat(8);
    let packet = datagram(V4[0], V4[1], text.as_bytes());
    for places in [
        &[(0, 48), (48, 96), (96, 999)][..],
        &[(96, 999), (48, 96), (0, 48)],
        &[(96, 999), (96, 999), (0, 48), (0, 48), (48, 96)],
    ] {
        let (notes, counters) = pushed(Link::Raw, &parts(&packet, places));
        assert_eq!(notes.said(Side::Client), text);
        assert_eq!((counters.fragments_joined, counters.fragments), (1, places.len() as u64));
    }
}

#[test]
fn fragments_of_ipv6_are_joined_behind_other_heads() {
    let packet = datagram(V6[0], V6[1], &[b'x'; 64]);
    let content = &packet[40..];
    // Options for each hop before the fragment's head, and options for the destination within.
    let inner = [&[17, 0, 1, 4, 0, 0, 0, 0][..], content].concat();
    let part = |start: usize, end: usize, more: u8| {
        let mut part = packet[..40].to_vec();
        part[6] = 0;
        part.extend([44, 0, 1, 4, 0, 0, 0, 0]);
        part.extend([60, 0]);
        part.extend((u16::try_from(start).unwrap() | u16::from(more)).to_be_bytes());
        part.extend([0, 0, 0, 7]);
        part.extend(&inner[start..end]);
        let length = u16::try_from(part.len() - 40).unwrap();
        part[4..6].copy_from_slice(&length.to_be_bytes());
        part
    };
    let (notes, counters) = pushed(Link::Raw, &[part(32, inner.len(), 0), part(0, 32, 1)]);
    assert_eq!(notes.only().said[0], [b'x'; 64]);
    assert_eq!(counters.fragments_joined, 1);
}

#[test]
fn packets_of_which_parts_overlap_are_refused_whole() {
    let packet = datagram(V4[0], V4[1], &[b'a'; 120]);
    for places in [
        &[(0, 48), (40, 96), (48, 96), (96, 999)][..],
        &[(0, 48), (0, 40), (48, 96), (96, 999)],
        &[(96, 999), (0, 48), (40, 48), (48, 96)],
    ] {
        let (notes, counters) = pushed(Link::Raw, &parts(&packet, places));
        assert!(notes.0.is_empty());
        assert_eq!((counters.fragments_overlapping, counters.fragments_joined), (1, 0), "{places:?}");
    }
    // Two ends, and something behind the end.
    let longer = datagram(V4[0], V4[1], &[b'a'; 200]);
    let mut two = parts(&packet, &[(96, 999)]);
    two.extend(parts(&longer, &[(0, 88), (160, 999)]));
    let (notes, counters) = pushed(Link::Raw, &two);
    assert!(notes.0.is_empty());
    assert_eq!(counters.fragments_overlapping, 1);
}

#[test]
fn floods_of_fragments_are_bounded() {
    let limits = Limits::default();
    let (mut flows, mut notes) = (Flows::new(limits), Notes::default());
    let packet = datagram(V4[0], V4[1], &[b'a'; 1_200]);
    let mut part = parts(&packet, &[(0, 1_000)]).remove(0);
    for number in 0..200_000_u32 {
        part[12..16].copy_from_slice(&number.to_be_bytes());
        flows.push(Link::Raw, 1_000_000, &part, &mut notes);
        assert!(flows.held() <= limits.fragments + 2_000);
    }
    assert!(flows.counters().fragments_evicted > 190_000);
    flows.tick(40_000_000, &mut notes);
    assert_eq!(flows.held(), 0);
    assert!(flows.counters().fragments_timed_out > 0);
}

#[test]
fn lies_about_lengths_are_counted() {
    let good = datagram(V4[0], V4[1], b"some text");
    let with = |at: usize, value: u8| {
        let mut bad = good.clone();
        bad[at] = value;
        bad[10..12].fill(0);
        bad
    };
    let shorter = |length: usize| good[..length].to_vec();
    let malformed = [with(0, 0x44), with(0, 0x4f), with(3, 10), with(24, 9), with(25, 7), with(25, 200), shorter(12)];
    for (number, packet) in malformed.into_iter().enumerate() {
        let (notes, counters) = pushed(Link::Raw, &[packet]);
        assert!(notes.0.is_empty(), "case {number}");
        assert_eq!(counters.malformed, 1, "case {number}");
    }
    let (_, counters) = pushed(Link::Ethernet, &[vec![0; 13], vec![0; 14], vec![]]);
    assert_eq!((counters.link_malformed, counters.not_ip), (2, 1));
    let (notes, counters) = pushed(Link::Raw, &[shorter(33)]);
    assert_eq!((notes.said(Side::Client), notes.only().lost[0]), ("some _".into(), 4));
    assert_eq!(counters.cut, 1);
}

#[test]
fn wrong_checksums_are_dropped_and_those_not_filled_in_are_not() {
    let good = datagram(V4[0], V4[1], b"text");
    for at in [10, 26] {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let (notes, counters) = pushed(Link::Raw, &[bad.clone()]);
        assert!(notes.0.is_empty());
        assert_eq!(counters.checksum, 1);
        bad[at..at + 2].fill(0);
        assert_eq!(said(Link::Raw, &[bad]), "text");
    }
}

#[test]
fn packets_that_a_machine_has_joined_are_read() {
    let text = vec![b'x'; 70_000];
    let mut packet = common::client(101, 501, "", "");
    packet.extend(&text);
    packet[2..4].fill(0);
    packet[10..12].fill(0);
    let (notes, _) = pushed(Link::Raw, &[packet]);
    assert_eq!(notes.only().said[0], text);
}

#[test]
fn every_cut_of_a_frame_is_survived() {
    let inner = framed(&datagram(V6[0], V6[1], b"inside"), &[3, 4]);
    let frames = [
        framed(&outer(4789, &[&vxlan()[..], &inner].concat()), &[1]),
        framed(&outer(6081, &[geneve(0x6558), inner.clone()].concat()), &[]),
        framed(&common::client(1, 2, "", "some text"), &[]),
    ];
    for frame in frames {
        for length in 0..frame.len() {
            let (_, counters) = pushed(Link::Ethernet, &[frame[..length].to_vec()]);
            assert_eq!(counters.frames, 1);
        }
    }
}
