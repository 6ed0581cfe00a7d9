//! Streams: the same detections, in whatever pieces the bytes come.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_detect::{Detection, Stream, scan};
use proptest::prelude::*;

/// All that a stream in these pieces shows.
fn streamed<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Detection> {
    let mut stream = Stream::default();
    let mut found: Vec<Detection> = pieces.flat_map(|piece| stream.push(piece)).collect();
    found.extend(stream.finish());
    found
}

/// Pieces that finders look for, and long stretches between them.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("password=".to_owned()),
        Just("\"password\": \"hunter 2".to_owned()),
        Just("postgres://u:p@db".to_owned()),
        Just("@".to_owned()),
        Just("+49 30 5551 4423".to_owned()),
        Just("tel 030 5551 4423 ".to_owned()),
        Just("DE02 1203 0000 0000 2020 51".to_owned()),
        Just("jana.nova@clinic.eu".to_owned()),
        Just("\n".to_owned()),
        Just("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n".to_owned()),
        Just("-----END RSA PRIVATE KEY-----\n".to_owned()),
        Just("steuer id ".to_owned()),
        Just("86095742719".to_owned()),
        Just("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.".to_owned()),
        Just("Authorization: Bearer abcdefgh1234".to_owned()),
        Just("icd E11.9 ".to_owned()),
        Just("2026-11-26T07:12:45.123Z".to_owned()),
        Just("ABC 2026-11-26T07:12:45Z ".to_owned()),
        Just("1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed".to_owned()),
        Just("/api/v1/orders/123456?page=12".to_owned()),
        Just("driving licence \"3f2a1b0c9\", \"span_id\": \"3f2a1b0c9d8e7f60\"".to_owned()),
        Just("\"surname\": \"Dup\\u00e9r\\ud835\\udc00\", ".to_owned()),
        Just("<surname>Dup&eacute;r&#233;</surname>".to_owned()),
        Just("1\\/2 &nbsp;3 &amp; \\u00".to_owned()),
        Just("\nSehr geehrte Frau Dr. Müller,\n".to_owned()),
        Just("Dear Mr O'Connor,\\n".to_owned()),
        Just("\nBest regards,\n\n".to_owned()),
        Just("Laura Byrne\n".to_owned()),
        Just("\n\nid,steuer_id,name\n".to_owned()),
        Just("1,86095742719,\"Jana Nováková\"\n".to_owned()),
        Just("2,86 095 742 719,\"Jana\n Nováková\"\r\n".to_owned()),
        Just("INSERT INTO t (id, steuer_id, `name`) VALUES\n".to_owned()),
        Just("(1, '86095742719', 'Jana Nov''áková'),".to_owned()),
        Just("\nCREATE TABLE t (id int, steuer_id varchar(11), name text, PRIMARY KEY (id));\n".to_owned()),
        Just("insert into t values ".to_owned()),
        Just("\nCOPY t (id, steuer_id, name) FROM stdin;\n".to_owned()),
        Just("1\t86095742719\tJana Nováková\n".to_owned()),
        Just("\\.\n".to_owned()),
        Just("a".repeat(400)),
        Just("4 ".repeat(300)),
        Just("word ".repeat(80)),
        "[a-z0-9ä€=:;& ]{0,12}",
        "\\PC{0,8}",
        "[0-9 .+-]{0,20}",
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_change_nothing(text in pieces(), sizes in prop::collection::vec(1usize..700, 1..8)) {
        let whole = scan(&text);
        let mut rest = text.as_bytes();
        let mut sizes = sizes.iter().cycle();
        let cut = std::iter::from_fn(|| {
            let (piece, after) = rest.split_at_checked(*sizes.next()?).unwrap_or((rest, &[]));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        });
        prop_assert_eq!(streamed(cut), whole.clone());
        prop_assert_eq!(streamed(text.as_bytes().chunks(1)), whole);
    }

    #[test]
    fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..2000), size in 1usize..90) {
        let whole = streamed(std::iter::once(&*bytes));
        prop_assert_eq!(streamed(bytes.chunks(size)), whole);
    }
}

/// Tables in their ways, all with the same number and name.
const TABLES: &str = "id;steuer_id;name\n1;\"86095742719\";\"Jana\nNováková\"\n2;86095742719;Jana Nováková\n\n\
    INSERT INTO t (id, steuer_id, name) VALUES (1, '86095742719', 'Jana Nov''áková'),\n (2, NULL, NULL);\n\
    COPY t (id, steuer_id, name) FROM stdin;\n1\t86095742719\tJana Nováková\n\\.\n\
    CREATE TABLE t (\n id int,\n steuer_id text,\n name text\n);\n\
    insert into t values ( 2 , '86095742719' , 'Jana Nováková');\n";

/// One text of everything, cut into two at each byte.
#[test]
fn a_text_cut_at_every_byte() {
    let text = format!(
        "{{\"patient\": \"Jana Nováková\", \"steuer_id\": \"86095742719\", \"mail\": \"jana.novakova@clinic-mail.eu\"}}\n\
         iban DE02 1203 0000 0000 2020 51 tel +49 30 5551 4423 {}\n\
         password=heron-5&url=postgres://api:heron-5527@db:5432/x {} card 4242 4242 4242 4242\n\
         {{\"surname\": \"Dup\\u00e9r\\u00e9\", \"x\": \"02\\/03\"}} <surname>Dup&eacute;r&#233;</surname>\nDear Dr Walsh,\nBest regards,\nLaura Byrne\n\
         -----BEGIN PRIVATE KEY-----\nMIIBVgIBADAN\nBgkqhkiG9w0B\n-----END PRIVATE KEY-----\ndiagnosis: E11.9\n\n{TABLES}",
        "filler ".repeat(60),
        "x".repeat(900),
    );
    let whole = scan(&text);
    assert!(whole.len() >= 20, "{}", whole.len());
    for cut in 0..=text.len() {
        let (first, second) = text.as_bytes().split_at(cut);
        assert_eq!(streamed([first, second].into_iter()), whole, "cut at {cut}");
    }
}

/// More than is held at once, behind words of capitals that may belong to the number: the search goes on behind it.
#[test]
fn long_rows_behind_capitals_come_to_an_end() {
    for leading in ["", "ABCDEF ", "ABCDEF GHIJKL ", "A B "] {
        for first in 1..21 {
            for second in 1..34 {
                let text = format!("{leading}{} {} 1 2\n", "7".repeat(first), "7".repeat(second));
                assert_eq!(streamed(text.as_bytes().chunks(1)), scan(&text), "{text}");
            }
        }
    }
}

/// What cannot be decided yet is bounded: a stream without an end or a line keeps little.
#[test]
fn little_is_held_back() {
    let mut stream = Stream::default();
    for _ in 0..2_000 {
        stream.push(&b"1 ".repeat(500));
        stream.push(b" password=");
        stream.push(&b"x".repeat(700));
        assert!(stream.held() <= 64 * 1024, "{} bytes are held", stream.held());
    }
}

proptest! {
    /// A value of digits, hexadecimal and hyphens is looked at for numbers alone: all that looks finds no more in it.
    #[test]
    fn a_row_is_found_by_its_numbers(
        value in "[0-9a-f-]{0,40}|[0-9]{1,6}(-[0-9]{1,6}){0,6}|(4242-?4242-?4242-?4242|756-9217-0769-85|1dec1980|dec-|de67){1,3}",
    ) {
        prop_assert_eq!(Stream::whole("", &value), streamed(std::iter::once(value.as_bytes())));
    }

    /// What is gathered before it is looked at, and what comes with the end, is found all the same.
    #[test]
    fn what_is_gathered_is_found(
        parts in prop::collection::vec(
            prop_oneof![
                "[a-z ]{1,90}",
                "\\{\"sku\":\"GLV-[0-9]{1,4}\",",
                Just("\"iban\":\"DE67200411330739214587\",".to_owned()),
                Just("\"tel\":\"+49 30 55514423\",".to_owned()),
                Just("\n".to_owned()),
            ],
            1..24,
        ),
        gathered in 0usize..700,
    ) {
        let all = parts.concat();
        let mut whole = Stream::default();
        let mut expected = whole.push(all.as_bytes());
        expected.extend(whole.finish());
        let mut stream = Stream::default();
        stream.gather(gathered);
        let (last, others) = parts.split_last().unwrap();
        let mut found: Vec<Detection> = others.iter().flat_map(|part| stream.push(part.as_bytes())).collect();
        found.extend(stream.close(last.as_bytes()));
        prop_assert_eq!(found, expected);
    }
}
