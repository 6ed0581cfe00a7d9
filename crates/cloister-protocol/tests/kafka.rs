//! Kafka: topics by their number, and records that groups share (KIP-932).
#![allow(clippy::unwrap_used)] // a test

mod common;

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Session, Side, Transport};

const C: Side = Side::Client;
const S: Side = Side::Server;
const PEOPLE: [u8; 16] = *b"0123456789abcdef";

/// Text in the flexible form.
fn text(text: &str) -> Vec<u8> {
    [&[text.len() as u8 + 1], text.as_bytes()].concat()
}

fn frame(content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32).to_be_bytes(), content].concat()
}

/// A request in the flexible form; what it asks is not read.
fn request(key: u16, version: u16, number: u32) -> Vec<u8> {
    let client = b"\0\x04test\0";
    frame(&[&key.to_be_bytes()[..], &version.to_be_bytes(), &number.to_be_bytes(), client, &[0; 8]].concat())
}

fn answer(number: u32, content: &[u8]) -> Vec<u8> {
    frame(&[&number.to_be_bytes()[..], &[0], content].concat())
}

/// A batch of version 2 with one record.
fn batch(value: &str) -> Vec<u8> {
    let zigzag = |number: usize| number as u8 * 2;
    let content = [&[0, 0, 0, 1][..], &[zigzag(value.len())], value.as_bytes(), &[0]].concat();
    let record = [&[zigzag(content.len())], content.as_slice()].concat();
    let mut batch = vec![0; 8];
    batch.extend_from_slice(&(record.len() as u32 + 49).to_be_bytes());
    batch.extend_from_slice(&[0, 0, 0, 0, 2]);
    batch.resize(61, 0);
    [batch, record].concat()
}

/// Metadata, version 13: a broker, and a topic with its number and one partition.
fn metadata(name: &str) -> Vec<u8> {
    let broker = [&[0, 0, 0, 1][..], &text("broker"), &9092_u32.to_be_bytes(), &[0, 0]].concat();
    let partition = [&[0; 14][..], &[2], &[0; 4], &[2], &[0; 4], &[1], &[0]].concat();
    let topic = [&[0, 0][..], &text(name), &PEOPLE, &[0], &[2], &partition, &[0; 4], &[0]].concat();
    [&[0; 4][..], &[2], &broker, &text("cluster"), &[0; 4], &[2], &topic, &[0; 3]].concat()
}

/// A topic that was made, version 7.
fn created(name: &str) -> Vec<u8> {
    let setting = [&text("cleanup.policy")[..], &text("delete"), &[0; 3], &[0]].concat();
    let topic = [&text(name)[..], &PEOPLE, &[0; 2], &[0], &[0; 6], &[2], &setting, &[0]].concat();
    [&[0; 4][..], &[2], &topic, &[0]].concat()
}

/// What is fetched, version 16: one topic by its number.
fn fetched(value: &str) -> Vec<u8> {
    let records = batch(value);
    let partition = [&[0; 30][..], &[1], &[0; 4], &[records.len() as u8 + 1], &records, &[0]].concat();
    let topic = [&PEOPLE[..], &[2], &partition, &[0]].concat();
    [&[0; 10][..], &[2], &topic, &[0]].concat()
}

/// What a group shares, version 1: which records were handed out stands behind them.
fn shared(value: &str) -> Vec<u8> {
    let records = batch(value);
    let acquired = [&[2][..], &[0; 18], &[0]].concat();
    let errors = [0, 0, 0, 0, 0, 0];
    let head = [&[0; 4][..], &errors, &[0; 8], &[0]].concat();
    let partition = [&head[..], &[records.len() as u8 + 1], &records, &acquired, &[0]].concat();
    let topic = [&PEOPLE[..], &[2], &partition, &[0]].concat();
    [&[0; 6][..], &[0], &[0; 4], &[2], &topic, &[1], &[0]].concat()
}

#[test]
fn numbers_are_named_by_metadata() {
    for (asked, told) in [(request(3, 13, 1), metadata("people")), (request(19, 7, 1), created("people"))] {
        let turns = [
            (C, asked),
            (S, answer(1, &told)),
            (C, request(1, 16, 2)),
            (S, answer(2, &fetched("ada@example.org"))),
            (C, request(78, 1, 3)),
            (S, answer(3, &shared("bob@example.org"))),
        ];
        let turns: Vec<common::Turn<'_>> = turns.iter().map(|(side, said)| (*side, said.as_slice())).collect();
        common::reads(
            &turns,
            "0 server fetch people
               body: = ada@example.org
               --
             1 server fetch people
               body: = bob@example.org
               --"
            .replace("             ", "")
            .as_str(),
        );
    }
}

#[test]
fn what_nobody_named_is_told_by_its_number_and_others_may_have_named_it() {
    let circumstances = Circumstances { transport: Transport::Tcp, port: 9092, whole: true };
    let target = |transcript: &mut Transcript| {
        let mut session = Session::new(circumstances, Limits::default());
        session.push(C, &request(1, 16, 2), transcript);
        session.push(S, &answer(2, &fetched("ada@example.org")), transcript);
        session.close(transcript);
        transcript.messages.pop_last().unwrap().1.target
    };
    let mut transcript = Transcript::default();
    assert_eq!(target(&mut transcript), "id:MDEyMzQ1Njc4OWFiY2RlZg");

    let mut session = Session::new(circumstances, Limits::default());
    session.push(C, &request(3, 13, 1), &mut transcript);
    session.push(S, &answer(1, &metadata("people")), &mut transcript);
    session.close(&mut transcript);
    assert_eq!(target(&mut transcript), "people");
    assert!(transcript.troubles.is_empty(), "{:?}", transcript.troubles);
}
