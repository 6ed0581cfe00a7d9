//! TLS: hellos in any fragments, and what is called encrypted and is not. Real
//! programs are in `e2e/messages`.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use cloister_protocol::{Side, transcript::Transcript};
use common::{STREAM, read, rendered};

const C: Side = Side::Client;
const S: Side = Side::Server;

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &(content.len() as u16).to_be_bytes()[..], content].concat()
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind], &(content.len() as u32).to_be_bytes()[1..], content].concat()
}

fn client_hello() -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0x13, 1, 1, 0]);
    let names = [0, 0, 0, 14, 0, 12, 0, 0, 9].iter().chain(b"db.secret").copied();
    let protocols = [0, 16, 0, 5, 0, 3, 2, b'h', b'2'];
    let versions = [0, 43, 0, 5, 4, 0x2a, 0x2a, 3, 4];
    let extensions: Vec<u8> = names.chain(protocols).chain(versions).collect();
    hello.extend((extensions.len() as u16).to_be_bytes());
    hello.extend(extensions);
    message(1, &hello)
}

fn server_hello(cipher: [u8; 2]) -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend([9; 32]);
    hello.push(0);
    hello.extend(cipher);
    hello.extend([0, 0, 6, 0, 43, 0, 2, 3, 4]);
    message(2, &hello)
}

fn said(cipher: [u8; 2], data: &[u8]) -> Transcript {
    let hello = client_hello();
    let (first, second) = hello.split_at(20);
    let asks = [record(22, first), record(22, second)].concat();
    let client = [record(20, &[1]), record(23, data)].concat();
    let server = [record(22, &server_hello(cipher)), record(20, &[1]), record(23, &[0x91; 100])].concat();
    read(STREAM, &[(C, &asks), (S, &server), (C, &client)])
}

#[test]
fn hellos_in_fragments() {
    let mut noise = vec![0xb3; 100];
    noise.extend(b"ada@example.org by chance");
    let text = rendered(&said([0x13, 1], &noise));
    let expected = "0 client client-hello host=db.secret\n  field:version = TLS 1.3\n  field:sni = db.secret\n  \
        field:alpn = h2\n1 server handshake host=db.secret answers 0\n  field:version = TLS 1.3\n  \
        field:cipher = TLS_AES_128_GCM_SHA256\n  field:encrypted = true\n  field:sni = db.secret\n";
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn a_suite_that_encrypts_nothing_is_read() {
    let text = rendered(&said([0, 0x3b], b"hello"));
    assert!(text.contains("field:encrypted = false"), "{text}");
    assert!(text.contains("client plaintext\n  text = hello"), "{text}");
}

#[test]
fn what_only_claims_to_be_encrypted_is_read() {
    let mut session = cloister_protocol::Session::new(STREAM, cloister_protocol::Limits::default());
    let mut transcript = Transcript::default();
    session.push(C, &record(22, &client_hello()), &mut transcript);
    session.push(C, &record(23, b"name=Ada&mail=ada@example.org&and=more"), &mut transcript);
    session.push(C, b"no record at all, ada@example.org", &mut transcript);
    session.close(&mut transcript);
    let text = rendered(&transcript);
    assert!(text.contains("plaintext\n  text = name=Ada"), "{text}");
    assert!(text.contains("client \n  text = no record at all"), "{text}");
    assert!(text.contains("! Tls Malformed 2"), "{text}");
}

#[test]
fn a_second_hello_is_read() {
    let mut retry = server_hello([0x13, 1]);
    // SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3).
    let random = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
        0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ];
    retry.splice(6..38, random);
    let first = record(22, &client_hello());
    let asks = [record(22, &retry), record(20, &[1])].concat();
    let second = [record(20, &[1]), record(22, &client_hello())].concat();
    let server = [record(22, &server_hello([0x13, 1])), record(23, &[0x91; 100])].concat();
    let text = rendered(&read(STREAM, &[(C, &first), (S, &asks), (C, &second), (S, &server)]));
    assert_eq!(text.matches("client client-hello").count(), 2, "{text}");
    assert!(text.contains("2 server handshake host=db.secret answers 1"), "{text}");
}
