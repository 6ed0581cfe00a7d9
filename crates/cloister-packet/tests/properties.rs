//! However a stream is cut into segments, disordered and repeated on its way, the same bytes are told.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use cloister_packet::{Flows, Limits, Link, Side};
use common::{CLIENT, Notes, SERVER, Tcp, opening, server};
use proptest::prelude::*;

/// A segment by its place in the stream, and where it is put among the others.
#[derive(Clone, Debug)]
struct Piece {
    start: usize,
    length: usize,
    order: u16,
}

fn pieces(length: usize) -> impl Strategy<Value = Vec<Piece>> {
    let piece =
        (0..length, 1..400_usize, any::<u16>()).prop_map(|(start, length, order)| Piece { start, length, order });
    (prop::collection::vec(piece, 0..60), 1..300_usize, prop::collection::vec(any::<u16>(), length)).prop_map(
        move |(mut extra, size, orders)| {
            // All of it at least once.
            for (start, order) in (0..length).step_by(size).zip(orders) {
                extra.push(Piece { start, length: size, order });
            }
            extra.sort_by_key(|piece| piece.order);
            extra
        },
    )
}

/// Nearly in order: each segment is at most a few places from where it belongs.
fn slightly(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_by_key(|piece| piece.start + usize::from(piece.order % 900));
    pieces
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|at| b' ' + (at % 61) as u8).collect()
}

fn segment(first: u32, piece: &Piece, text: &[u8]) -> Vec<u8> {
    let end = (piece.start + piece.length).min(text.len());
    let number = first.wrapping_add(u32::try_from(piece.start).unwrap());
    let bytes = &text[piece.start..end];
    let flags = if end == text.len() { "F" } else { "" };
    Tcp { from: CLIENT, to: SERVER, number, acknowledges: Some(501), flags, bytes }.packet()
}

fn told(first: u32, pieces: &[Piece], text: &[u8]) -> (Notes, Flows) {
    let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
    let syn =
        Tcp { from: CLIENT, to: SERVER, number: first.wrapping_sub(1), acknowledges: None, flags: "S", bytes: b"" };
    let answer = Tcp { from: SERVER, to: CLIENT, number: 500, acknowledges: Some(first), flags: "S", bytes: b"" };
    let mut packets = vec![syn.packet(), answer.packet()];
    packets.extend(pieces.iter().map(|piece| segment(first, piece, text)));
    for packet in packets {
        flows.push(Link::Raw, 1_000_000, &packet, &mut notes);
    }
    (notes, flows)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_order_and_repetition(pieces in pieces(5_000), first in any::<u32>(), mild in any::<bool>()) {
        let text = text(5_000);
        let pieces = if mild { slightly(pieces) } else { pieces };
        let (notes, flows) = told(first, &pieces, &text);
        prop_assert_eq!(&notes.only().said[0], &text);
        prop_assert!(notes.only().finished[0]);
        prop_assert_eq!(flows.counters().lost_bytes + flows.counters().conflicting_bytes, 0);
        prop_assert_eq!(flows.held(), 0);
    }

    #[test]
    fn what_is_missing_is_told_exactly(pieces in pieces(3_000), first in any::<u32>(), keep in 1..10_usize) {
        let text = text(3_000);
        let kept: Vec<Piece> = pieces.into_iter().enumerate().filter(|(at, _)| at % keep == 0).map(|(_, it)| it).collect();
        let mut there = vec![false; text.len()];
        for piece in &kept {
            there[piece.start..(piece.start + piece.length).min(text.len())].fill(true);
        }
        let (mut notes, mut flows) = told(first, &kept, &text);
        let all = first.wrapping_add(3_000);
        let last = Tcp { from: SERVER, to: CLIENT, number: 501, acknowledges: Some(all), flags: "", bytes: b"" };
        flows.push(Link::Raw, 1_000_000, &last.packet(), &mut notes);
        flows.finish(&mut notes);
        let told = notes.only();
        let missing = there.iter().filter(|there| !**there).count();
        // One byte after all others is taken for an end that was not seen.
        let one = u64::from(told.lost[0] + 1 == missing as u64 && !there[2_999]);
        prop_assert_eq!(told.lost[0] + one, missing as u64);
        let expected: Vec<u8> = text.iter().zip(&there).filter(|(_, there)| **there).map(|(byte, _)| *byte).collect();
        let came: Vec<u8> = told.said[0].iter().copied().filter(|byte| *byte != b'_').collect();
        prop_assert_eq!(came, expected);
    }

    #[test]
    fn anything_is_survived(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..50)) {
        let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
        for link in [Link::Ethernet, Link::Raw, Link::LinuxCooked, Link::LinuxCooked2, Link::Loopback] {
            for frame in &frames {
                flows.push(link, 1, frame, &mut notes);
            }
        }
        flows.finish(&mut notes);
        prop_assert_eq!((flows.open(), flows.held()), (0, 0));
    }

    /// Segments of one connection with any numbers, flags and bytes, so that every path is walked.
    #[test]
    fn any_segments_are_survived(
        segments in prop::collection::vec((any::<bool>(), 0..300_u32, 0..300_u32, 0..12_u8, 0..40_usize), 1..200)
    ) {
        let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
        common::feed(&mut flows, &mut notes, &opening());
        common::feed(&mut flows, &mut notes, &[server(501, 101, "", "")]);
        for (by_client, number, acknowledged, kind, length) in segments {
            let (from, to, base, other) = if by_client { (CLIENT, SERVER, 100, 500) } else { (SERVER, CLIENT, 500, 100) };
            let flags = ["", "", "", "", "", "", "", "", "S", "F", "R", "SF"][usize::from(kind)];
            let acknowledges = (kind != 8 || number % 2 == 0).then_some(other + acknowledged);
            let bytes = vec![b'x'; length];
            let packet = Tcp { from, to, number: base + number, acknowledges, flags, bytes: &bytes }.packet();
            common::feed(&mut flows, &mut notes, &[packet]);
        }
        flows.finish(&mut notes);
        prop_assert_eq!((flows.open(), flows.held()), (0, 0));
        let said: u64 = notes.0.values().map(|told| told.said.iter().map(|said| said.iter().filter(|it| **it == b'x').count() as u64).sum::<u64>()).sum();
        prop_assert_eq!(said, flows.counters().bytes);
    }

    #[test]
    fn sides_are_told_apart(bytes in prop::collection::vec(any::<u8>(), 1..50)) {
        let (mut flows, mut notes) = (Flows::new(Limits::default()), Notes::default());
        common::feed(&mut flows, &mut notes, &opening());
        let packet = Tcp { from: SERVER, to: CLIENT, number: 501, acknowledges: Some(101), flags: "", bytes: &bytes }.packet();
        common::feed(&mut flows, &mut notes, &[packet]);
        prop_assert_eq!(&notes.only().said[Side::Server as usize], &bytes);
        prop_assert!(notes.only().said[Side::Client as usize].is_empty());
    }
}
