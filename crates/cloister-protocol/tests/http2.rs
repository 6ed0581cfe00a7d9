//! HTTP/2, rule by rule, by frames made by hand; real clients and servers are
//! in `e2e/messages`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod common;

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Limits, Protocol, Session, Side, Trouble};
use common::{STREAM, Turn, read, read_in, reads, rendered};

const C: Side = Side::Client;
const S: Side = Side::Server;
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Fields as literals that nobody remembers.
fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.extend([0, name.len() as u8]);
        block.extend(name.as_bytes());
        block.push(value.len() as u8);
        block.extend(value.as_bytes());
    }
    block
}

fn request(path: &str) -> Vec<u8> {
    block(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "h"),
        ("content-type", "text/plain"),
    ])
}

fn start() -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, &[])].concat()
}

#[test]
fn streams_interleaved_padded_and_continued() {
    let request_block = request("/a?q=x%40y");
    let (first, rest) = request_block.split_at(20);
    let (second, third) = rest.split_at(10);
    let client = [
        start(),
        frame(1, 0, 1, first),
        frame(9, 0, 1, second),
        frame(9, 4, 1, third),
        frame(1, 4 | 8 | 0x20, 3, &[&[2, 0, 0, 0, 1, 16], request("/b").as_slice(), &[0, 0]].concat()),
        frame(0, 0, 1, b"ada@"),
        frame(0, 8, 3, b"\x04other\0\0\0\0"),
        frame(6, 0, 0, &[0; 8]),
        frame(0, 1, 1, b"example.org"),
        frame(0, 1, 3, b""),
    ]
    .concat();
    let server = [
        frame(4, 0, 0, &[0, 1, 0, 0, 0x10, 0]),
        frame(5, 4, 3, &[&[0, 0, 0, 2], block(&[(":method", "GET"), (":path", "/pushed")]).as_slice()].concat()),
        frame(1, 4, 3, &block(&[(":status", "103"), ("link", "x")])),
        frame(1, 5, 2, &block(&[(":status", "204")])),
        frame(1, 4, 3, &block(&[(":status", "200")])),
        frame(0, 0, 3, b"part"),
        frame(1, 5, 3, &block(&[("grpc-status", "0")])),
        frame(1, 4, 1, &block(&[(":status", "200")])),
        frame(3, 0, 1, &[0, 0, 0, 8]),
    ]
    .concat();
    reads(
        &[(C, &client), (S, &server)],
        r"
        0 client POST /a host=h
          path = /a
          query:q = x@y
          header:content-type = text/plain
          body:text/plain = ada@example.org
        1 client POST /b host=h
          path = /b
          header:content-type = text/plain
          body:text/plain = other
        2 server GET /pushed
          path = /pushed
        3 server response 103 answers 1
          header:link = x
        4 server response 204 answers 2
        5 server response 200 answers 1
          body: = part
          header:grpc-status = 0
        6 server response 200 answers 0 (not whole)
        ",
    );
}

#[test]
fn messages_of_grpc_are_records_of_fields() {
    let fields =
        [(":method", "POST"), (":path", "/p.S/M"), ("content-type", "application/grpc"), ("grpc-encoding", "gzip")];
    let mut message = vec![0, 0, 0, 0, 17, 0x0a, 15];
    message.extend(b"ada@example.org");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, b"\x1a\x05\x12\x03Ada").unwrap();
    let coded = encoder.finish().unwrap();
    message.extend([1, 0, 0, 0, coded.len() as u8]);
    message.extend(coded);
    let client = [start(), frame(1, 4, 1, &block(&fields)), frame(0, 1, 1, &message)].concat();
    reads(
        &[(C, &client)],
        r"
        0 client POST /p.S/M
          path = /p.S/M
          header:content-type = application/grpc
          header:grpc-encoding = gzip
          field:1 = ada@example.org
          --
          field:3.2 = Ada
          --
        ",
    );
}

#[test]
fn an_upgrade_makes_the_request_stream_1() {
    let turns: [Turn<'_>; 3] = [
        (C, b"GET /up HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"),
        (
            S,
            &[
                b"HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n".as_slice(),
                &frame(4, 0, 0, &[]),
                &frame(1, 4, 1, &block(&[(":status", "200")])),
                &frame(0, 1, 1, b"hi"),
            ]
            .concat(),
        ),
        (C, &start()),
    ];
    let text = rendered(&read(STREAM, &turns));
    assert!(text.contains("server response 200 answers 0\n  body: = hi\n"), "{text}");
    assert!(!text.contains('!'), "{text}");
}

#[test]
fn floods_and_lies_are_counted() {
    let flood = [frame(1, 0, 1, &[]), frame(9, 0, 1, &[]).repeat(10_000), frame(9, 4, 1, &[])].concat();
    let too_long = [frame(1, 0, 1, &[0; 10_000]), frame(9, 0, 1, &[0; 16_000]).repeat(100)].concat();
    let interrupted = [frame(1, 0, 1, &[]), frame(6, 0, 0, &[0; 8])].concat();
    let padding = [frame(1, 4, 1, &request("/")), frame(0, 8, 1, &[200, 1, 2])].concat();
    let bad_block = frame(1, 4, 1, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    let mut bomb = vec![0x40, 1, b'x', 0x7f, 0xa1, 0x1e];
    bomb.resize(bomb.len() + 4000, b'y');
    bomb.resize(bomb.len() + 10_000, 0xbe);
    let cases = [
        (flood, Trouble::TooLarge),
        (too_long, Trouble::TooLarge),
        (interrupted, Trouble::Malformed),
        (padding, Trouble::Malformed),
        (bad_block, Trouble::Malformed),
        (frame(1, 4, 1, &bomb), Trouble::Bomb),
    ];
    for (bytes, trouble) in cases {
        let said = [start(), bytes, frame(1, 5, 7, &request("/after"))].concat();
        let transcript = read_in(STREAM, &[(C, &said)], 1500);
        assert!(
            transcript.troubles.contains_key(&(Protocol::Http2, trouble)),
            "{trouble:?}: {:?}",
            transcript.troubles
        );
        assert!(transcript.messages.values().any(|message| message.target == "/after"), "{trouble:?}");
    }
}

#[test]
fn many_streams_are_bounded() {
    let mut said = start();
    (0..5000).for_each(|n| said.extend(frame(1, 4, 2 * n + 1, &request("/"))));
    let mut session = Session::new(STREAM, Limits::default());
    let mut transcript = Transcript::default();
    session.push(C, &said, &mut transcript);
    assert!(session.held() < 1 << 20, "{}", session.held());
}

#[test]
fn after_a_gap_bodies_are_read_and_fields_are_said_to_be_unknown() {
    let mut session = Session::new(STREAM, Limits::default());
    let mut transcript = Transcript::default();
    // The second request refers to what the first put into the table.
    let first = [&[0x83, 0x86, 0x40, 5], b":path\x06/first".as_slice(), &[0x40, 1, b'k', 1, b'v']].concat();
    session.push(C, &[start(), frame(1, 4, 1, &first), frame(0, 0, 1, b"begin")].concat(), &mut transcript);
    session.lost(C, 1000, &mut transcript);
    let next =
        [frame(0, 1, 1, b"the end"), frame(1, 4, 3, &[0x83, 0x86, 0xbf, 0xbe]), frame(0, 1, 3, b"ada@example.org")];
    session.push(C, &next.concat(), &mut transcript);
    session.close(&mut transcript);
    let text = rendered(&transcript);
    let expected = "0 client POST /first (not whole)\n  path = /first\n  header:k = v\n  body: = beginthe end\n\
        1 client POST (not whole)\n  body: = ada@example.org\n! Http2 Gap 2\n";
    assert_eq!(text, expected, "\n{text}");
}
