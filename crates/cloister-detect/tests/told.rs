//! Streams tell values with their bytes, and keep no more than they wait with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use cloister_detect::{Detection, Stream};

/// JSON on one line, as services send it, with values all along; all of them made up.
fn text() -> String {
    let person = |number: u32| {
        format!(
            "{{\"id\":{number},\"name\":\"Annegret Vogelsang\",\"email\":\"a{number}@mail.example\",\"iban\":\"DE89 3704 0044 0532 0130 \
             00\",\"seen\":\"2026-11-{:02}\",\"note\":\"comes again, room {number}\",\"token\":\"ghp_{number:036}\"}}",
            1 + number % 28
        )
    };
    (0..60).map(person).collect::<Vec<_>>().join(",")
}

fn told(text: &[u8], piece: usize) -> (Vec<Detection>, usize) {
    let (mut stream, mut found, mut held) = (Stream::default(), Vec::new(), 0);
    let mut take = |detection: Detection, value: Option<&[u8]>| {
        assert_eq!(value, text.get(detection.offset..detection.end()), "{detection:?}");
        found.push(detection);
    };
    for piece in text.chunks(piece) {
        stream.tell(piece, &mut take);
        held = held.max(stream.held());
    }
    stream.end(&mut take);
    (found, held)
}

#[test]
fn every_value_is_told_with_its_bytes_in_any_pieces() {
    let text = text();
    let mut stream = Stream::default();
    let mut expected = stream.push(text.as_bytes());
    expected.extend(stream.finish());
    assert!(expected.len() > 150, "{}", expected.len());
    for piece in [1, 7, 100, 641, 1_448, 5_000] {
        let (found, held) = told(text.as_bytes(), piece);
        assert_eq!(found, expected, "in pieces of {piece}");
        // What finders look ahead and back at, a value that is open, and a quarter until it is worth looking.
        assert!(held < 2_600, "{held} bytes held in pieces of {piece}");
    }
}

#[test]
fn what_is_asked_for_stays_at_hand() {
    let text = text();
    let bytes = text.as_bytes();
    for piece in [1, 100, 1_448] {
        let (mut stream, mut plain, mut from) = (Stream::default(), Stream::default(), 0);
        stream.keep_from(from);
        for piece in bytes.chunks(piece) {
            assert_eq!(stream.push(piece), plain.push(piece));
            let (base, held) = stream.bytes();
            assert!(base <= from, "{base} of {from}");
            assert_eq!(held, &bytes[base..base + held.len()]);
            if held.len() > 6_000 {
                from = stream.settled();
                stream.keep_from(from);
            }
            assert!(stream.held() < 6_000 + 2_600 + piece.len(), "{} bytes held", stream.held());
        }
        assert_eq!(stream.close(&[]), plain.finish());
        let (base, held) = stream.bytes();
        assert_eq!(held, &bytes[base..]);
    }
}
