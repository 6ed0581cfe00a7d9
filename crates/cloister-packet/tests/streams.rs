//! Streams are put together as they were sent, or it is said what is missing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use cloister_packet::{Counters, Flows, Limits, Link, Side};
use common::{CLIENT, Notes, SERVER, client, feed, opening, server};

/// What is told of these packets after an opening, and the counters.
fn told(packets: &[Vec<u8>]) -> (Notes, Counters) {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(&mut flows, &mut notes, &opening());
    feed(&mut flows, &mut notes, packets);
    let last = *flows.counters();
    flows.finish(&mut notes);
    assert!(notes.0.values().all(|told| told.closed));
    assert_eq!((flows.open(), flows.held()), (0, 0));
    (notes, last)
}

#[test]
fn a_connection_is_told_from_its_opening_to_its_end() {
    let (notes, counters) = told(&[
        client(101, 501, "", "question"),
        server(501, 109, "", "answer"),
        client(109, 507, "F", ""),
        server(507, 110, "F", ""),
        client(110, 508, "", ""),
    ]);
    let told = notes.only();
    let flow = told.flow.unwrap();
    assert_eq!((flow.client, flow.server), (CLIENT.parse().unwrap(), SERVER.parse().unwrap()));
    assert!(told.whole && told.finished == [true, true]);
    assert_eq!((notes.said(Side::Client), notes.said(Side::Server)), ("question".into(), "answer".into()));
    assert_eq!((counters.finished, counters.stray, counters.opened), (1, 1, 1));
}

#[test]
fn disorder_repetition_and_overlap_change_nothing() {
    let (notes, counters) = told(&[
        client(104, 501, "", "def"),
        client(109, 501, "", "ij"),
        client(102, 501, "", "bcdefg"),
        client(101, 501, "", "abc"),
        client(101, 501, "", "abcdefghij"),
        client(100, 501, "", "!"),
        client(111, 501, "F", "kl"),
    ]);
    assert_eq!(notes.said(Side::Client), "abcdefghijkl");
    assert_eq!((counters.lost_bytes, counters.conflicting_bytes), (0, 0));
    assert_eq!(counters.duplicate_bytes, 3 + 2 + 7 + 2 + 1);
    assert!(notes.only().finished[0]);
}

#[test]
fn the_first_of_two_texts_counts_and_the_contradiction_is_counted() {
    let (notes, counters) =
        told(&[client(104, 501, "", "def"), client(103, 501, "", "cXeZ"), client(101, 501, "", "ab")]);
    assert_eq!(notes.said(Side::Client), "abcdefZ".replace("fZ", "f"));
    assert_eq!(counters.conflicting_bytes, 2);
}

#[test]
fn what_the_other_side_has_and_we_have_not_is_lost_after_the_grace() {
    let mut flows = Flows::new(Limits::default());
    let mut notes = Notes::default();
    feed(&mut flows, &mut notes, &opening());
    feed(&mut flows, &mut notes, &[client(101, 501, "", "ab"), client(106, 501, "", "fg")]);
    flows.tick(10_000_000, &mut notes);
    assert_eq!(notes.said(Side::Client), "ab", "nobody has the missing bytes: they may come yet");
    flows.push(Link::Raw, 10_000_000, &server(501, 108, "", ""), &mut notes);
    assert_eq!(notes.said(Side::Client), "ab", "the capture may have disordered the packets");
    flows.tick(10_000_000 + Limits::default().grace, &mut notes);
    assert_eq!(notes.said(Side::Client), "ab_fg");
    assert_eq!(notes.only().lost, [3, 0]);
    assert_eq!((flows.counters().gaps, flows.counters().lost_bytes, flows.held()), (1, 3, 0));
}

#[test]
fn what_nobody_acknowledges_is_lost_after_the_patience() {
    let mut flows = Flows::new(Limits::default());
    let mut notes = Notes::default();
    feed(&mut flows, &mut notes, &opening());
    feed(&mut flows, &mut notes, &[client(102, 501, "", "b"), client(104, 501, "F", "d")]);
    flows.tick(2_000_000 + Limits::default().patience, &mut notes);
    assert_eq!(notes.said(Side::Client), "_b");
    flows.tick(4_000_000 + 2 * Limits::default().patience, &mut notes);
    assert_eq!(notes.said(Side::Client), "_b_d");
    assert!(notes.only().finished[0]);
}

#[test]
fn all_gaps_that_were_acknowledged_are_given_up_at_once() {
    let mut flows = Flows::new(Limits::default());
    let mut notes = Notes::default();
    feed(&mut flows, &mut notes, &opening());
    let pieces = [102, 104, 106, 108].map(|number| client(number, 501, "", "x"));
    feed(&mut flows, &mut notes, &pieces);
    feed(&mut flows, &mut notes, &[server(501, 107, "", ""), server(501, 109, "", "")]);
    flows.tick(1_030_000, &mut notes);
    assert_eq!(notes.said(Side::Client), "_x_x_x");
    flows.tick(1_060_000, &mut notes);
    assert_eq!(notes.said(Side::Client), "_x_x_x_x");
}

#[test]
fn an_end_that_was_not_seen_is_no_lost_byte() {
    let (notes, counters) = told(&[client(101, 501, "", "all"), server(501, 105, "F", "")]);
    assert_eq!(notes.said(Side::Client), "all");
    assert_eq!(counters.lost_bytes, 0);
}

#[test]
fn nor_is_it_where_other_bytes_had_waited() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(&mut flows, &mut notes, &opening());
    feed(&mut flows, &mut notes, &[client(104, 501, "", "def"), server(501, 108, "", ""), client(101, 501, "", "abc")]);
    flows.tick(5_000_000, &mut notes);
    assert_eq!((notes.said(Side::Client), flows.counters().lost_bytes), ("abcdef".into(), 0));
    assert_eq!(flows.held(), 0);
}

#[test]
fn an_end_is_forgotten_once_the_same_ends_begin_anew() {
    let (mut flows, mut notes) = (Flows::new(Limits { flows: 1, ..Limits::default() }), Notes::default());
    let far = 1 << 31;
    feed(&mut flows, &mut notes, &[client(far, 0, "S", ""), server(far, far + 1, "S", "")]);
    feed(&mut flows, &mut notes, &[client(far + 1, far + 1, "F", ""), server(far + 1, far + 2, "F", "")]);
    feed(&mut flows, &mut notes, &opening());
    let other =
        common::Tcp { from: "192.0.2.9:40000", to: SERVER, number: 1, acknowledges: Some(1), flags: "", bytes: b"x" };
    feed(&mut flows, &mut notes, &[other.packet(), client(101, 501, "", "goes on")]);
    let counters = flows.counters();
    assert_eq!((counters.late, counters.evicted, counters.opened), (0, 2, 4));
}

#[test]
fn numbers_wrap() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    let start = u32::MAX - 3;
    feed(
        &mut flows,
        &mut notes,
        &[
            client(start, 0, "S", ""),
            server(500, start.wrapping_add(1), "S", ""),
            client(2, 501, "", "fgh"),
            client(start.wrapping_add(1), 501, "", "abcde"),
            client(5, 501, "F", ""),
        ],
    );
    assert_eq!(notes.said(Side::Client), "abcdefgh");
    assert!(notes.only().finished[0]);
}

#[test]
fn a_long_one_way_stream_is_not_taken_for_acknowledged() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(&mut flows, &mut notes, &opening());
    let text = "x".repeat(60_000);
    // In the end one comes late, and one not at all.
    for place in (0..50_000_u32).chain([50_001, 50_003, 50_000]) {
        let number = 101_u32.wrapping_add(place.wrapping_mul(60_000));
        let segment = common::Tcp { from: CLIENT, to: SERVER, number, acknowledges: Some(501), flags: "", bytes: b"" };
        let mut packet = segment.packet();
        packet[10..12].fill(0);
        packet.extend(text.as_bytes());
        packet[2..4].copy_from_slice(&60_040_u16.to_be_bytes());
        flows.push(Link::Raw, 2_000_000, &packet, &mut Quiet);
    }
    flows.tick(2_000_000 + 2 * Limits::default().grace, &mut Quiet);
    assert_eq!(flows.counters().bytes, 50_002 * 60_000);
    assert_eq!(flows.counters().lost_bytes, 0);
}

struct Quiet;

impl cloister_packet::Listener for Quiet {
    fn on(&mut self, _: cloister_packet::FlowId, _: u64, _: cloister_packet::Event<'_>) {}
}

#[test]
fn a_connection_may_be_met_midway() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(
        &mut flows,
        &mut notes,
        &[server(900, 400, "", "answer"), client(400, 906, "", "next"), client(399, 906, "", "")],
    );
    let told = notes.only();
    assert_eq!(told.flow.unwrap().server, SERVER.parse().unwrap());
    assert!(!told.whole);
    assert_eq!((notes.said(Side::Client), notes.said(Side::Server)), ("next".into(), "answer".into()));
    assert_eq!(flows.counters().opened_midway, 1);
}

#[test]
fn a_beginning_is_known_by_the_asking_alone() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(&mut flows, &mut notes, &[client(100, 0, "S", ""), client(103, 501, "", "cd"), client(101, 501, "", "ab")]);
    assert!(notes.only().whole);
    assert_eq!(notes.said(Side::Client), "abcd");
}

#[test]
fn bytes_of_a_syn_are_told() {
    let (notes, _) = {
        let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
        feed(
            &mut flows,
            &mut notes,
            &[client(100, 0, "S", "early"), server(500, 106, "S", ""), client(106, 501, "", " and late")],
        );
        (notes, flows)
    };
    assert_eq!(notes.said(Side::Client), "early and late");
}

#[test]
fn both_sides_may_ask_at_once() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(
        &mut flows,
        &mut notes,
        &[
            client(100, 0, "S", ""),
            server(500, 0, "S", ""),
            client(100, 501, "S", ""),
            server(500, 101, "S", ""),
            client(101, 501, "", "one"),
            server(501, 104, "", "two"),
        ],
    );
    let mut said: Vec<&[u8]> = notes.only().said.iter().map(Vec::as_slice).collect();
    said.sort_unstable();
    assert_eq!(said, [b"one", b"two"]);
    assert!(notes.only().whole);
}

#[test]
fn keep_alives_say_nothing() {
    let (notes, counters) = told(&[
        client(101, 501, "", "text"),
        client(104, 501, "", "x"),
        client(104, 501, "", ""),
        server(500, 105, "", ""),
        client(105, 501, "", " goes on"),
    ]);
    assert_eq!(notes.said(Side::Client), "text goes on");
    assert_eq!(counters.duplicate_bytes, 1);
}

#[test]
fn a_reset_ends_it_only_where_its_sender_stands() {
    let (notes, counters) = told(&[
        client(101, 501, "", "text"),
        server(9_999, 0, "R", ""),
        server(502, 0, "R", ""),
        client(105, 501, "", " goes on"),
        server(501, 0, "R", "never mind"),
        client(105, 501, "", " goes on"),
    ]);
    assert_eq!(notes.said(Side::Client), "text goes on");
    assert_eq!(notes.said(Side::Server), "");
    assert_eq!((counters.reset, counters.out_of_window, counters.late), (1, 2, 1));
}

#[test]
fn ports_are_used_again() {
    let again = [
        client(70_100, 0, "S", ""),
        server(90_500, 70_101, "S", ""),
        client(70_101, 90_501, "", "second"),
        server(90_500, 70_101, "S", ""),
        client(70_107, 90_501, "", "."),
    ];
    for ends in [vec![], vec![client(106, 501, "F", ""), server(501, 107, "F", "")]] {
        let mut packets = vec![client(101, 501, "", "first")];
        packets.extend(ends);
        packets.extend(again.clone());
        let (notes, _) = told(&packets);
        let said: Vec<&[u8]> = notes.0.values().map(|told| &told.said[0][..]).collect();
        assert!(said.len() == 2 && said.contains(&&b"first"[..]) && said.contains(&&b"second."[..]), "{said:?}");
    }
}

#[test]
fn a_forged_syn_changes_nothing() {
    let (notes, _) = told(&[
        client(101, 501, "", "one"),
        client(70_000, 0, "S", ""),
        server(90_000, 12, "S", ""),
        client(104, 501, "", " two"),
    ]);
    assert_eq!(notes.said(Side::Client), "one two");
}

#[test]
fn numbers_that_fit_nowhere_are_not_believed_until_there_are_many() {
    let far = 1_000_000_000;
    let mut packets = vec![client(101, 501, "", "here"), client(far, 501, "", "there"), server(501, far, "", "")];
    packets.push(client(105, 501, "", " and here"));
    let (notes, counters) = told(&packets);
    assert_eq!(notes.said(Side::Client).replace('_', ""), "here and here");
    assert_eq!(counters.out_of_window, 1);
    let mut packets = vec![client(101, 501, "", "here")];
    for number in 0..20 {
        packets.push(client(far + number * 2, 501, "", "ab"));
    }
    let (notes, counters) = told(&packets);
    assert_eq!((notes.0.len(), counters.replaced), (2, 1));
}

#[test]
fn what_was_not_captured_is_lost_once_it_is_acknowledged() {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    feed(&mut flows, &mut notes, &opening());
    let mut cut = client(101, 501, "", "0123456789");
    cut.truncate(44);
    feed(&mut flows, &mut notes, &[cut, client(111, 501, "", "rest"), server(501, 115, "", "")]);
    flows.tick(5_000_000, &mut notes);
    assert_eq!(notes.said(Side::Client), "0123_rest");
    assert_eq!((notes.only().lost[0], flows.counters().cut), (6, 1));
}

#[test]
fn idle_connections_are_given_up_and_go_on_midway() {
    let limits = Limits::default();
    let (mut flows, mut notes) = (Flows::new(limits), Notes::default());
    feed(&mut flows, &mut notes, &opening());
    feed(&mut flows, &mut notes, &[client(101, 501, "", "one")]);
    flows.tick(3 * limits.idle, &mut notes);
    flows.tick(6 * limits.idle, &mut notes);
    assert!(notes.only().closed);
    flows.push(Link::Raw, 6 * limits.idle, &client(104, 501, "", "two"), &mut notes);
    assert_eq!((notes.0.len(), flows.counters().timed_out, flows.counters().opened_midway), (2, 1, 1));
}
