//! DNS over datagrams and streams, and QUIC.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Protocol, Session, Side, Transport};
use common::{STREAM, read, rendered};

const C: Side = Side::Client;
const S: Side = Side::Server;

/// A query for the address of www.example.org.
fn query() -> Vec<u8> {
    let mut query = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    query.extend(b"\x03www\x07example\x03org\0\0\x01\0\x01");
    query
}

/// It is an alias of web.example.org, which has an address of each family.
fn answer() -> Vec<u8> {
    let mut answer = vec![0, 7, 0x81, 0x80, 0, 1, 0, 4, 0, 0, 0, 0];
    answer.extend(b"\x03www\x07example\x03org\0\0\x01\0\x01");
    answer.extend(b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x06\x03web\xc0\x10");
    answer.extend(b"\xc0\x2d\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\x00\x02\x07");
    answer.extend(b"\xc0\x2d\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01");
    answer.extend(b"\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\x0c\x0bmail=a@b.de");
    answer
}

const EXPECTED: &str = "0 client query www.example.org\n  field:name = www.example.org\n\
    1 server response www.example.org 0 answers 0\n  field:name = www.example.org\n  \
    field:owner = www.example.org\n  field:alias = web.example.org\n  --\n  \
    field:owner = web.example.org\n  field:address = 192.0.2.7\n  --\n  \
    field:owner = web.example.org\n  field:address = 2001:db8::1\n  --\n  \
    field:owner = www.example.org\n  field:text = mail=a@b.de\n  --\n";

#[test]
fn datagrams_and_streams_tell_the_same() {
    let circumstances = Circumstances { transport: Transport::Udp, port: 53, whole: true };
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    session.push(C, &query(), &mut transcript);
    session.push(S, &answer(), &mut transcript);
    session.close(&mut transcript);
    assert_eq!(rendered(&transcript), EXPECTED, "\n{}", rendered(&transcript));
    for name in ["www.example.org", "web.example.org"] {
        let addresses: Vec<_> = transcript.resolved.get(name).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["192.0.2.7", "2001:db8::1"], "{name}");
    }

    let framed = |message: Vec<u8>| [&(message.len() as u16).to_be_bytes(), message.as_slice()].concat();
    let streamed = read(Circumstances { port: 53, ..STREAM }, &[(C, &framed(query())), (S, &framed(answer()))]);
    assert_eq!(rendered(&streamed), EXPECTED, "\n{}", rendered(&streamed));
}

#[test]
fn quic_is_recognised() {
    let circumstances = Circumstances { transport: Transport::Udp, port: 4433, whole: true };
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    let mut initial = vec![0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0];
    initial.resize(1200, 0x5a);
    session.push(C, &initial, &mut transcript);
    session.push(C, &[0x40; 30], &mut transcript);
    assert_eq!(session.protocol(), Some(Protocol::Quic));
    session.close(&mut transcript);
    assert_eq!(rendered(&transcript), "0 client initial\n  field:encrypted = true\n");
}

#[test]
fn datagrams_of_nobody_are_text() {
    let circumstances = Circumstances { transport: Transport::Udp, port: 514, whole: true };
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    session.push(C, b"<14>login of ada@example.org", &mut transcript);
    session.close(&mut transcript);
    assert_eq!(rendered(&transcript), "0 client \n  text = <14>login of ada@example.org\n");
}

#[test]
fn a_long_query_is_known_in_any_pieces() {
    // Padding (RFC 7830) makes it longer than the turns that are waited for.
    let mut padded = query();
    padded.splice(10..12, [0, 1]);
    padded.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\x64\0\x0c\0\x60");
    padded.extend([0; 96]);
    let framed = [&(padded.len() as u16).to_be_bytes(), padded.as_slice()].concat();
    let text = rendered(&read(Circumstances { port: 53, ..STREAM }, &[(C, &framed)]));
    assert_eq!(text, "0 client query www.example.org\n  field:name = www.example.org\n");
}
