//! MongoDB: what is compressed tells the same as what is not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

mod common;

use cloister_protocol::Side;

/// An element of a document: its type, its name, its bytes.
fn element(kind: u8, name: &str, value: &[u8]) -> Vec<u8> {
    [&[kind], name.as_bytes(), b"\0", value].concat()
}

fn text(name: &str, value: &str) -> Vec<u8> {
    element(2, name, &[&(value.len() as u32 + 1).to_le_bytes()[..], value.as_bytes(), b"\0"].concat())
}

fn document(elements: &[Vec<u8>]) -> Vec<u8> {
    let content = elements.concat();
    [&(content.len() as u32 + 5).to_le_bytes()[..], &content, b"\0"].concat()
}

fn frame(number: u32, answers: u32, code: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u32 + 16).to_le_bytes().to_vec();
    for field in [number, answers, code] {
        bytes.extend_from_slice(&field.to_le_bytes());
    }
    bytes.extend_from_slice(content);
    bytes
}

fn packed(plain: &[u8], coding: u8) -> Vec<u8> {
    let content = &plain[16..];
    let coded = match coding {
        1 => snap::raw::Encoder::new().compress_vec(content).unwrap(),
        2 => {
            let mut coded = Vec::with_capacity(content.len() + 100);
            let mut coder = flate2::Compress::new(flate2::Compression::default(), true);
            coder.compress_vec(content, &mut coded, flate2::FlushCompress::Finish).unwrap();
            coded
        }
        3 => {
            let mut room = vec![0; zstd_safe::compress_bound(content.len())];
            let written = zstd_safe::compress(room.as_mut_slice(), content, 3).unwrap();
            room.truncate(written);
            room
        }
        _ => content.to_vec(),
    };
    let field = |at: usize| u32::from_le_bytes(plain[at..at + 4].try_into().unwrap());
    let head = [&field(12).to_le_bytes()[..], &(content.len() as u32).to_le_bytes(), &[coding]].concat();
    frame(field(4), field(8), 2012, &[head, coded].concat())
}

/// An insertion by a sequence of documents, with a checksum, and its answer; a query, and its first rows.
fn conversation() -> Vec<(Side, Vec<u8>)> {
    let people: Vec<Vec<u8>> = (0..20)
        .map(|index| {
            let tags = document(&[text("0", "one"), text("1", "two")]);
            let person = document(&[text("name", "Ada"), element(4, "tags", &tags)]);
            let born = element(9, "born", &951_782_400_000_i64.to_le_bytes());
            // 123.45, by IEEE 754.
            let decimal = (12345_u128 | (6174 << 113)).to_le_bytes();
            document(&[
                text("email", &format!("p{index}@example.org")),
                element(3, "person", &person),
                born,
                element(19, "paid", &decimal),
            ])
        })
        .collect();
    let sequence = people.concat();
    let sequence = [&[1][..], &(sequence.len() as u32 + 4 + 10).to_le_bytes(), b"documents\0", &sequence].concat();
    let body = document(&[text("insert", "people"), text("$db", "clinic")]);
    let insert = frame(7, 0, 2013, &[&1_u32.to_le_bytes()[..], &[0], &body, &sequence, &[0; 4]].concat());
    let ok = element(1, "ok", &1_f64.to_le_bytes());
    let answer = frame(1, 7, 2013, &[&[0; 5][..], &document(std::slice::from_ref(&ok))].concat());
    let filter = document(&[text("email", "p1@example.org")]);
    let body = document(&[text("find", "people"), element(3, "filter", &filter), text("$db", "clinic")]);
    let find = frame(8, 0, 2013, &[&[0; 5][..], &body].concat());
    let batch = document(&[element(3, "0", &people[1]), element(3, "1", &people[2])]);
    let cursor = document(&[element(4, "firstBatch", &batch), text("ns", "clinic.people")]);
    let rows = frame(2, 8, 2013, &[&[0; 5][..], &document(&[element(3, "cursor", &cursor), ok])].concat());
    vec![(Side::Client, insert), (Side::Server, answer), (Side::Client, find), (Side::Server, rows)]
}

#[test]
fn what_is_packed_tells_the_same() {
    let plain = conversation();
    let turns: Vec<common::Turn<'_>> = plain.iter().map(|(side, said)| (*side, said.as_slice())).collect();
    let expected = common::read(common::STREAM, &turns);
    assert!(expected.troubles.is_empty(), "{:?}", expected.troubles);
    for coding in 0..=3 {
        let packed: Vec<_> = plain.iter().map(|(side, said)| (*side, packed(said, coding))).collect();
        let turns: Vec<common::Turn<'_>> = packed.iter().map(|(side, said)| (*side, said.as_slice())).collect();
        assert_eq!(common::rendered(&common::read(common::STREAM, &turns)), common::rendered(&expected));
    }
}

#[test]
fn documents_are_records_and_names_are_dotted() {
    let plain = conversation();
    let turns: Vec<common::Turn<'_>> = plain.iter().skip(2).map(|(side, said)| (*side, said.as_slice())).collect();
    common::reads(
        &turns,
        "
        0 client find people
          field:email = p1@example.org
          --
        1 server find people host=clinic answers 0
          field:email = p1@example.org
          field:person.name = Ada
          field:person.tags = one
          field:person.tags = two
          field:born = 2000-02-29 00:00:00
          field:paid = 123.45
          --
          field:email = p2@example.org
          field:person.name = Ada
          field:person.tags = one
          field:person.tags = two
          field:born = 2000-02-29 00:00:00
          field:paid = 123.45
          --
        ",
    );
}
