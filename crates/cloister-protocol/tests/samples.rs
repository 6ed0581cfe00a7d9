//! Conversations of real clients and servers, recorded by the judge of messages: cut anywhere they tell the same; broken,
//! cut short and with gaps they are read within bounds.
#![allow(clippy::panic, clippy::unwrap_used)] // a test

mod common;

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Protocol, Session, Side, Transport};

type Turn = (Side, Vec<u8>);

/// A recorded conversation, by the name of its file.
fn samples() -> Vec<(String, u16, Vec<Turn>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut samples: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            let port = match name.split('-').next().unwrap() {
                "postgres" => 5432,
                "mysql" => 3306,
                "redis" => 6379,
                "mongodb" => 27017,
                "amqp" => 5672,
                _ => 9092,
            };
            (name, port, turns(&std::fs::read(file.path()).unwrap()))
        })
        .collect();
    samples.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(samples.len() >= 6, "samples of all protocols");
    samples
}

fn turns(mut bytes: &[u8]) -> Vec<Turn> {
    let mut turns = Vec::new();
    while let [side, high, low, rest @ ..] = bytes {
        let (said, rest) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        turns.push((if *side == 0 { Side::Client } else { Side::Server }, said.to_vec()));
        bytes = rest;
    }
    turns
}

fn circumstances(port: u16, whole: bool) -> Circumstances {
    Circumstances { transport: Transport::Tcp, port, whole }
}

#[test]
fn samples_are_recognised_without_their_port_and_read_the_same_in_any_cut() {
    for (name, _, turns) in samples() {
        let turns: Vec<common::Turn<'_>> = turns.iter().map(|(side, said)| (*side, said.as_slice())).collect();
        let whole = common::read_in(common::STREAM, &turns, usize::MAX);
        for piece in [1, 2, 3, 7, 64, 1460] {
            assert_eq!(common::read_in(common::STREAM, &turns, piece), whole, "{name} in pieces of {piece}");
        }
        assert!(whole.troubles.is_empty(), "{name}: {:?}", whole.troubles);
        assert!(whole.messages.values().all(|message| message.protocol != Protocol::Unknown), "{name}");
        assert!(whole.messages.values().all(|message| message.ended == Some(true)), "{name}: all is whole");
    }
}

/// Numbers that a seed repeats (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Feeds turns, some broken, some lost, in random pieces.
fn torture(port: u16, turns: &[Turn], dice: &mut Dice, name: &str) {
    let whole = dice.below(4) > 0;
    let limits = Limits { held: 8 << 20, decompressed: 4 << 20, ..Limits::default() };
    let mut session = Session::new(circumstances(port, whole), limits);
    let mut transcript = Transcript::default();
    let skip = if whole { 0 } else { dice.below(turns.len()) };
    for (side, said) in turns.iter().skip(skip) {
        let mut said = said.clone();
        for _ in 0..dice.below(3) {
            let at = dice.below(said.len());
            if let Some(byte) = said.get_mut(at) {
                *byte = match dice.below(4) {
                    0 => 0xff,
                    1 => 0,
                    2 => byte.wrapping_add(1),
                    _ => dice.below(256) as u8,
                };
            }
        }
        let mut rest = said.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + dice.below(3000)).min(rest.len()));
            rest = after;
            if dice.below(12) == 0 {
                session.lost(*side, piece.len() as u64, &mut transcript);
            } else {
                session.push(*side, piece, &mut transcript);
            }
            assert!(session.held() < 9 << 20, "{name}: {} bytes are held", session.held());
        }
    }
    session.close(&mut transcript);
    assert!(transcript.is_closed(), "{name}: something stays open");
}

#[test]
fn broken_and_lost_bytes_leave_nothing_open_and_little_held() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for (name, port, turns) in samples() {
        let short: Vec<Turn> = turns.into_iter().take(60).collect();
        for _ in 0..60 {
            torture(port, &short, &mut dice, &name);
        }
    }
}

#[test]
fn after_a_gap_the_next_messages_are_read() {
    for (name, port, turns) in samples().into_iter().filter(|sample| sample.0.starts_with("postgres")) {
        let mut session = Session::new(circumstances(port, true), Limits::default());
        let mut transcript = Transcript::default();
        for (index, (side, said)) in turns.iter().enumerate() {
            if index == 6 {
                session.lost(*side, said.len() as u64, &mut transcript);
            } else {
                session.push(*side, said, &mut transcript);
            }
        }
        session.close(&mut transcript);
        let told = transcript.messages.values().filter(|message| matches!(message.operation.as_str(), "rows" | "COPY"));
        let rows = told.count();
        let known = transcript.messages.values().all(|message| message.protocol == Protocol::Postgres);
        assert!(known && (rows > 0 || turns.len() < 12), "{name}: {rows} rows");
    }
}
