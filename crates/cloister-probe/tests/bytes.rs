//! Hellos and answers as bytes: what is written can be read, and nothing that comes panics.
#![allow(clippy::indexing_slicing, clippy::panic, reason = "tests")]

use cloister_probe::tls::answer::{Flight, Step, read};
use cloister_probe::tls::hello::Hello;
use cloister_probe::tls::{Protocol, suites};
use proptest::prelude::*;

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or_default().to_be_bytes();
    [&[kind, 3, 3][..], &length, content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or_default().to_be_bytes();
    [&[kind][..], &length[1..], body].concat()
}

/// A ServerHello with these extensions.
fn server_hello(version: u16, suite: u16, extensions: &[u8]) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    if !extensions.is_empty() {
        body.extend(u16::try_from(extensions.len()).unwrap_or_default().to_be_bytes());
        body.extend(extensions);
    }
    message(2, &body)
}

fn flight(step: Step) -> Flight {
    match step {
        Step::Flight(flight) => *flight,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ssl_3_is_asked_without_extensions_and_its_answer_is_read() {
    let hello =
        Hello { version: Protocol::Ssl3, suites: &[0x0005, 0x000a], groups: &[29], name: Some("a.example") }.encode();
    // Record of SSL 3.0; ClientHello; version 3.0; random; no session; two suites; no compression; and no more.
    assert_eq!(&hello[..3], [22, 3, 0]);
    assert_eq!(&hello[9..11], [3, 0]);
    assert_eq!(&hello[43..], [0, 0, 4, 0, 5, 0, 10, 1, 0]);
    let found = flight(read(&record(22, &server_hello(0x0300, 0x0005, &[])), false));
    assert_eq!((found.version, found.suite), (0x0300, 0x0005));
}

#[test]
fn tls_13_offers_no_key_and_reads_the_group_that_is_asked_for() {
    let hello = Hello { version: Protocol::Tls13, suites: &[0x1301], groups: &[29, 23], name: None }.encode();
    let has = |part: &[u8]| hello.windows(part.len()).any(|window| window == part);
    assert!(has(&[0, 43, 0, 3, 2, 3, 4]) && has(&[0, 51, 0, 2, 0, 0]), "{hello:?}");
    let retry = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 23];
    let found = flight(read(&record(22, &server_hello(0x0303, 0x1301, &retry)), true));
    assert_eq!((found.version, found.suite, found.group), (0x0304, 0x1301, Some(23)));
}

#[test]
fn a_whole_flight_is_read_over_any_borders_of_records() {
    let certificate = message(11, &[0, 0, 6, 0, 0, 3, 1, 2, 3]);
    let messages = [
        server_hello(0x0303, 0xc02f, &[]),
        certificate,
        message(12, &[3, 0, 24, 1, 4]),
        message(13, &[1, 1, 0, 0, 0, 0]),
        message(14, &[]),
    ]
    .concat();
    for size in [1, 2, 7, messages.len()] {
        let records: Vec<u8> = messages.chunks(size).flat_map(|part| record(22, part)).collect();
        let found = flight(read(&records, true));
        assert_eq!((found.group, found.asks_client), (Some(24), true));
        assert_eq!(found.certificates, [[1, 2, 3]]);
        for cut in 0..records.len() {
            assert_eq!(read(&records[..cut], true), Step::More, "{cut} of {}", records.len());
        }
    }
}

#[test]
fn the_prime_is_measured() {
    let mut exchange = vec![0, 129, 0];
    exchange.extend([0x80; 128]);
    let messages = [server_hello(0x0301, 0x0033, &[]), message(12, &exchange), message(14, &[])].concat();
    assert_eq!(flight(read(&record(22, &messages), true)).prime, Some(1024));
}

#[test]
fn alerts_and_other_protocols_are_told_apart() {
    assert_eq!(read(&record(21, &[2, 70]), false), Step::Alert(70));
    assert_eq!(read(&record(21, &[1, 0]), false), Step::Alert(0));
    let warned = [record(21, &[1, 112]), record(22, &server_hello(0x0303, 0xc02f, &[]))].concat();
    assert_eq!(flight(read(&warned, false)).suite, 0xc02f);
    assert_eq!(read(b"HTTP/1.1 400 Bad Request\r\n", false), Step::NotTls);
    assert_eq!(read(b"SSH-2.0-OpenSSH\r\n", false), Step::NotTls);
    assert_eq!(read(&[22, 3, 1, 0xff, 0xff], false), Step::Malformed("record"));
    assert_eq!(read(&record(22, &message(2, &[3, 3])), false), Step::Malformed("ServerHello"));
    assert_eq!(read(&[], false), Step::More);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_that_comes_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (read(&bytes, false), read(&bytes, true));
        let _ = (read(&record(22, &bytes), true), read(&record(22, &message(2, &bytes)), true));
        let after = [server_hello(0x0303, 0xc02f, &[]), message(12, &bytes), message(11, &bytes), message(14, &[])].concat();
        let _ = read(&record(22, &after), true);
    }

    #[test]
    fn what_was_read_is_not_taken_back(
        before in prop::collection::vec(any::<u8>(), 0..60),
        suite: u16,
        after in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let warned = record(21, &[1, 112]);
        let hello = record(22, &server_hello(0x0303, suite, &[]));
        for bytes in [[&before[..], &hello, &after].concat(), [&warned[..], &hello, &after].concat()] {
            let whole = read(&bytes, false);
            for cut in 0..bytes.len() {
                let part = read(&bytes[..cut], false);
                prop_assert!(part == Step::More || part == whole, "{part:?} became {whole:?}");
            }
        }
    }

    #[test]
    fn any_hello_is_one_record_with_all_that_is_offered(
        version in prop::sample::select(Protocol::ALL.to_vec()),
        count in 1..260_usize,
        name in prop::option::of("[a-z]{1,60}"),
    ) {
        let all: Vec<u16> = suites::offered(version == Protocol::Tls13).into_iter().take(count).collect();
        let hello = Hello { version, suites: &all, groups: &[29, 23], name: name.as_deref() }.encode();
        prop_assert_eq!(usize::from(u16::from_be_bytes([hello[3], hello[4]])) + 5, hello.len());
        let body = usize::from(hello[6]) << 16 | usize::from(hello[7]) << 8 | usize::from(hello[8]);
        prop_assert_eq!(body + 9, hello.len());
        let offered: Vec<u8> = all.iter().flat_map(|id| id.to_be_bytes()).collect();
        prop_assert!(hello.windows(offered.len()).any(|window| window == offered));
        if let Some(name) = name.filter(|_| version != Protocol::Ssl3) {
            prop_assert!(hello.windows(name.len()).any(|window| window == name.as_bytes()));
        }
    }
}
