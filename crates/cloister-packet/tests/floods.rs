//! Attacks stay within their bounds, and honest connections go on.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use cloister_packet::{Event, FlowId, Flows, Limits, Link, Listener};
use common::Tcp;

/// Counts.
#[derive(Default)]
struct Tally {
    opened: u64,
    closed: u64,
    bytes: u64,
    lost: u64,
}

impl Listener for Tally {
    fn on(&mut self, _: FlowId, _: u64, event: Event<'_>) {
        match event {
            Event::Opened { .. } => self.opened += 1,
            Event::Bytes { bytes, .. } => self.bytes += bytes.len() as u64,
            Event::Lost { bytes, .. } => self.lost += bytes,
            Event::Finished { .. } => {}
            Event::Closed => self.closed += 1,
        }
    }
}

fn from(number: u32) -> String {
    let [a, b, c, d] = number.to_be_bytes();
    format!("10.{b}.{c}.{d}:{}", 1_024 + u32::from(a))
}

fn segment(number: u32, seq: u32, acknowledges: Option<u32>, flags: &str, bytes: &[u8]) -> Vec<u8> {
    Tcp { from: &from(number), to: "192.0.2.2:5432", number: seq, acknowledges, flags, bytes }.packet()
}

fn answer(number: u32) -> Vec<u8> {
    let to = from(number);
    Tcp { from: "192.0.2.2:5432", to: &to, number: 9, acknowledges: Some(101), flags: "S", bytes: b"" }.packet()
}

#[test]
fn a_million_syns_open_nothing_and_hold_nothing() {
    // The sums are not filled in anew for each.
    let limits = Limits { checksums: false, ..Limits::default() };
    let (mut flows, mut tally) = (Flows::new(limits), Tally::default());
    let mut syn = segment(1, 100, None, "S", b"");
    for number in 0..1_000_000_u32 {
        syn[12..16].copy_from_slice(&number.to_be_bytes());
        flows.push(Link::Raw, u64::from(number), &syn, &mut tally);
    }
    assert_eq!((flows.open(), flows.held(), tally.opened), (0, 0, 0));
    assert_eq!(flows.counters().syns, 1_000_000);
    for packet in [segment(7, 100, None, "S", b""), answer(7), segment(7, 101, Some(10), "", b"honest")] {
        flows.push(Link::Raw, 1_000_000, &packet, &mut tally);
    }
    assert_eq!((tally.opened, tally.bytes, flows.counters().opened_midway), (1, 6, 0));
}

#[test]
fn floods_of_answers_and_datagrams_leave_honest_connections() {
    let limits = Limits { flows: 4_096, ..Limits::default() };
    let (mut flows, mut tally) = (Flows::new(limits), Tally::default());
    for number in 0..1_000 {
        for packet in [segment(number, 100, None, "S", b""), answer(number), segment(number, 101, Some(10), "", b"x")] {
            flows.push(Link::Raw, 1_000, &packet, &mut tally);
        }
    }
    for number in 10_000..30_000 {
        let datagram = common::datagram(&from(number), "192.0.2.2:53", b"?");
        flows.push(Link::Raw, 2_000, &answer(number), &mut tally);
        flows.push(Link::Raw, 2_000, &datagram, &mut tally);
        assert!(flows.open() <= limits.flows);
    }
    let before = flows.counters().opened;
    for number in 0..1_000 {
        flows.push(Link::Raw, 3_000, &segment(number, 102, Some(10), "", b"y"), &mut tally);
    }
    assert_eq!(flows.counters().opened, before, "the honest ones are still known");
    assert!(flows.counters().evicted > 30_000);
    flows.finish(&mut tally);
    assert_eq!(tally.opened, tally.closed);
}

#[test]
fn flows_that_never_close_make_room() {
    let limits = Limits { flows: 50_000, ..Limits::default() };
    let (mut flows, mut tally) = (Flows::new(limits), Tally::default());
    for number in 0..100_000 {
        for packet in [answer(number), segment(number, 101, Some(10), "", b"x")] {
            flows.push(Link::Raw, u64::from(number) * 10, &packet, &mut tally);
        }
    }
    assert_eq!(flows.open(), 50_000);
    assert_eq!((flows.counters().evicted, tally.bytes), (50_000, 100_000));
    assert_eq!(tally.closed, 50_000);
}

#[test]
fn what_waits_is_bounded_for_each_side_and_for_all() {
    let limits = Limits { waiting: 4 << 20, waiting_of_side: 1 << 20, ..Limits::default() };
    let (mut flows, mut tally) = (Flows::new(limits), Tally::default());
    let bytes = [b'x'; 1_400];
    let mut sent = 0;
    for round in 0..1_000_u32 {
        for number in 0..40 {
            if round == 0 {
                flows.push(Link::Raw, 1_000, &answer(number), &mut tally);
            }
            // Every other segment is missing, and so is the first.
            let packet = segment(number, 101 + 1_400 + round * 2_800, Some(10), "", &bytes);
            flows.push(Link::Raw, 1_000, &packet, &mut tally);
            sent += 1_400;
            assert!(flows.held() <= limits.waiting + 4_096);
        }
    }
    assert!(flows.counters().gaps_forced > 0);
    flows.finish(&mut tally);
    assert_eq!((tally.bytes, flows.held()), (sent, 0), "what came is told, whatever is missing");
}

#[test]
fn every_second_byte_is_no_attack() {
    let (mut flows, mut tally) = (Flows::new(Limits::default()), Tally::default());
    flows.push(Link::Raw, 1_000, &answer(1), &mut tally);
    for number in 0..20_000 {
        flows.push(Link::Raw, 1_000, &segment(1, 102 + number * 2, Some(10), "", b"x"), &mut tally);
    }
    assert!(flows.held() < 2 << 20);
    flows.push(Link::Raw, 1_000, &segment(1, 101, Some(10), "", &[b'y'; 60_000]), &mut tally);
    flows.finish(&mut tally);
    assert_eq!(tally.bytes + tally.lost, 60_000);
}

#[test]
fn syns_with_bytes_are_bounded() {
    let limits = Limits { flows: 8_192, ..Limits::default() };
    let (mut flows, mut tally) = (Flows::new(limits), Tally::default());
    for number in 0..100_000 {
        flows.push(Link::Raw, 1_000, &segment(number, 100, None, "S", b"early"), &mut tally);
        assert!(flows.open() <= limits.flows);
    }
    assert_eq!(tally.opened, 100_000);
}
