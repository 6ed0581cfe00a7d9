//! HTTP/1, rule by rule.

mod common;

use std::io::Write;

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Protocol, Session, Side, Trouble};
use common::{STREAM, read_in, reads, rendered};

const C: Side = Side::Client;
const S: Side = Side::Server;

#[test]
fn requests_and_answers_in_a_pipeline() {
    reads(
        &[
            (C, b"GET /a%20b?q=x%40y&z HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\n\r\nHEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"),
            (C, b"\r\nPOST http://o:80/p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Type: Text/Plain; x=y\r\n\r\nabc"),
            (S, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
            (S, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n"),
        ],
        r"
        0 client GET /a b host=h
          path = /a b
          query:q = x@y
          query: = z
          header:host = h
          header:cookie = a=b
        1 client HEAD /h host=h
          path = /h
          header:host = h
        2 client POST /p host=o:80
          path = /p
          header:host = h
          header:content-length = 3
          header:content-type = Text/Plain; x=y
          body:text/plain = abc
        3 server response 200 answers 0
          header:content-length = 2
          body: = ok
        4 server response 200 answers 1
          header:content-length = 99
        5 server response 100 answers 2
        6 server response 204 answers 2
        ",
    );
}

#[test]
fn chunks_with_extensions_and_trailers() {
    reads(
        &[(S, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=\"y\"\r\nWiki\r\nA\r\n0123456789\r\n0\r\nDigest: d\r\n\r\nHTTP/1.1 304 N\r\n\r\n")],
        r"
        0 server response 200
          header:transfer-encoding = chunked
          body: = Wiki0123456789
          header:digest = d
        1 server response 304
        ",
    );
}

#[test]
fn an_answer_without_a_length_ends_with_the_connection() {
    reads(
        &[(S, b"HTTP/1.0 200 OK\r\n\r\nall that comes\r\n\r\nHTTP/1.1 is no head here\r\n\r\n")],
        "
        0 server response 200
          body: = all that comes\\r\\n\\r\\nHTTP/1.1 is no head here\\r\\n\\r\\n
        ",
    );
}

#[test]
fn lengths_that_lie_are_counted() {
    let cases: [(&[u8], u64, &str); 6] = [
        (b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 0, "abc"),
        (b"Content-Length: 3, 3\r\n\r\nabc", 0, "abc"),
        (b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc", 1, "abc"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 1, "abc"),
        (b"Transfer-Encoding: chunked, identity\r\n\r\nabc", 2, "abc"),
        (b"Content-Type: a\r\n folded\r\nContent-Length: 3\r\n\r\nabc", 1, "abc"),
    ];
    for (rest, troubles, body) in cases {
        let said = [b"POST / HTTP/1.1\r\nHost: h\r\n".as_slice(), rest].concat();
        let transcript = common::read(STREAM, &[(C, &said)]);
        let message = transcript.messages.values().next().unwrap();
        let (_, last) = message.values.last().unwrap();
        assert_eq!(String::from_utf8_lossy(last), body, "{}", String::from_utf8_lossy(rest));
        assert_eq!(
            transcript.troubles.get(&(Protocol::Http1, Trouble::Malformed)).copied().unwrap_or_default(),
            troubles,
            "{}",
            String::from_utf8_lossy(rest)
        );
    }
}

#[test]
fn what_is_malformed_is_searched_as_text_until_the_next_head() {
    reads(
        &[
            (C, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nada@example.org\r\n{\"a\":1}GET /next HTTP/1.1\r\nHost: h\r\n\r\n"),
            (C, b"GET / HTTP/1.1\r\nbad header\r\n\r\nGET /x HTTP/1.1\r\n\r\n"),
        ],
        r#"
        0 client POST / (not whole)
          path = /
          header:transfer-encoding = chunked
        1 client  (not whole)
          text = xyz
          text = ada@example.org\r\n
          text = {\"a\":1}
        2 client GET /next host=h
          path = /next
          header:host = h
        3 client  (not whole)
          text = GET / HTTP/1.1\r\nbad header\r\n\r\n
        4 client GET /x
          path = /x
        ! Http1 Malformed 2
        "#,
    );
}

#[test]
fn a_content_coding_is_taken_away() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(br#"{"mail":"ada@example.org"}"#).unwrap();
    let coded = encoder.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        coded.len()
    );
    let said = [head.as_bytes(), &coded].concat();
    let transcript = common::read(STREAM, &[(S, &said)]);
    let message = transcript.messages.values().next().unwrap();
    assert_eq!(message.values.last().unwrap().1, br#"{"mail":"ada@example.org"}"#);
    assert_eq!(message.ended, Some(true));
    let cut = read_in(STREAM, &[(S, &said[..said.len() - 12])], usize::MAX);
    assert_eq!(cut.messages.values().next().unwrap().ended, Some(false));
}

#[test]
fn a_gap_in_a_body_leaves_the_next_head_known() {
    let mut session = Session::new(STREAM, Limits::default());
    let mut transcript = Transcript::default();
    session.push(S, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", &mut transcript);
    session.lost(S, 5, &mut transcript);
    session.push(S, b"yzHTTP/1.1 204 N\r\n\r\nHTT", &mut transcript);
    session.lost(S, 500, &mut transcript);
    session.push(S, b"1}\r\n}\r\nHTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n", &mut transcript);
    session.close(&mut transcript);
    let expected = "0 server response 200 (not whole)\n  header:content-length = 10\n  body: = abcyz\n1 server response 204\n\
        2 server  (not whole)\n  text = HTT\n  text = 1}\\r\\n\n  text = }\\r\\n\n\
        3 server response 404\n  header:content-length = 0\n! Http1 Gap 2\n";
    assert_eq!(rendered(&transcript), expected, "\n{}", rendered(&transcript));
}

#[test]
fn a_connection_is_joined_in_its_middle() {
    for port in [80, 4711] {
        let circumstances = Circumstances { port, whole: false, ..STREAM };
        let mut session = Session::new(circumstances, Limits::default());
        let mut transcript = Transcript::default();
        session.push(C, b"rest of a body, much of it\n", &mut transcript);
        session.push(C, b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n", &mut transcript);
        session.close(&mut transcript);
        let operations: Vec<_> = transcript.messages.values().map(|message| message.operation.as_str()).collect();
        assert_eq!(operations, ["", "GET"], "port {port}");
        assert!(transcript.is_closed());
    }
}

#[test]
fn a_tunnel_is_another_connection() {
    reads(
        &[
            (C, b"CONNECT db:25 HTTP/1.1\r\nHost: db:25\r\n\r\n"),
            (S, b"HTTP/1.1 200 Established\r\n\r\n"),
            (C, b"GET /inner HTTP/1.1\r\nHost: i\r\n\r\n"),
        ],
        r"
        0 client CONNECT db:25 host=db:25
          path = db:25
          header:host = db:25
        1 server response 200 answers 0
        281474976710656 client GET /inner host=i
          path = /inner
          header:host = i
        ",
    );
}

#[test]
fn an_upgrade_that_is_not_taken_changes_nothing() {
    reads(
        &[
            (C, b"GET /a HTTP/1.1\r\nUpgrade: h2c\r\n\r\nGET /b HTTP/1.1\r\n\r\n"),
            (S, b"HTTP/1.1 204 N\r\n\r\nHTTP/1.1 204 N\r\n\r\n"),
        ],
        r"
        0 client GET /a
          path = /a
          header:upgrade = h2c
        1 server response 204 answers 0
        2 client GET /b
          path = /b
        3 server response 204 answers 2
        ",
    );
}

#[test]
fn a_gigantic_head_is_counted_and_searched() {
    let mut said = b"GET / HTTP/1.1\r\nX: ".to_vec();
    said.resize(200_000, b'a');
    said.extend_from_slice(b"\r\n\r\nGET /next HTTP/1.1\r\n\r\n");
    for piece in [1000, 50_000, usize::MAX] {
        let transcript = read_in(STREAM, &[(C, &said)], piece);
        assert_eq!(transcript.troubles.get(&(Protocol::Http1, Trouble::TooLarge)), Some(&1), "{piece}");
        let told: usize = transcript.messages.values().flat_map(|m| &m.values).map(|(_, value)| value.len()).sum();
        assert!(told >= 200_000, "{piece}: {told}");
        assert_eq!(transcript.messages.values().last().unwrap().target, "/next");
    }
}

#[test]
fn thousands_of_fields_are_read() {
    let mut said = b"GET / HTTP/1.1\r\n".to_vec();
    (0..3000).for_each(|n| said.extend_from_slice(format!("f{n}: v\r\n").as_bytes()));
    said.extend_from_slice(b"\r\n");
    let transcript = read_in(STREAM, &[(C, &said)], usize::MAX);
    assert_eq!(transcript.messages.values().next().unwrap().values.len(), 3001);
}
