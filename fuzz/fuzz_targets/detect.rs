//! Any bytes for credentials and personal data: no panic, places within the text, what is shown of a value is not the
//! value, and a stream in any pieces shows the same as in one.
#![no_main]

use cloister_detect::{
    Detection, Stream, Tables, is_known_password, is_placeholder, mask, pairs, scan, scan_field, telling,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = streamed(std::iter::once(bytes));
    let mut end = 0;
    for detection in &whole {
        assert!(detection.offset >= end && detection.end() <= bytes.len(), "a place outside, or twice");
        end = detection.end();
    }
    // The first bytes say how long the pieces are.
    let sizes: Vec<usize> = bytes.iter().take(7).map(|byte| 1 + usize::from(*byte) * usize::from(*byte) / 16).collect();
    let mut sizes = sizes.iter().copied().cycle();
    let mut rest = bytes;
    let pieces = std::iter::from_fn(|| {
        let (piece, after) = rest.split_at_checked(sizes.next()?).unwrap_or((rest, &[]));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    });
    assert_eq!(streamed(pieces), whole, "a cut changes what is found");
    let _ = Tables::read(bytes).column_at(bytes.len() / 2);
    if let Ok(text) = std::str::from_utf8(bytes) {
        of_text(text);
    }
});

fn streamed<'b>(pieces: impl Iterator<Item = &'b [u8]>) -> Vec<Detection> {
    let mut stream = Stream::default();
    let mut found: Vec<Detection> = pieces.flat_map(|piece| stream.push(piece)).collect();
    found.extend(stream.finish());
    found
}

fn of_text(text: &str) {
    let (name, value) = text.split_once('\n').unwrap_or(("", text));
    for (scanned, found) in [(text, scan(text)), (value, scan_field(name, value))] {
        for detection in found {
            assert!(scanned.is_char_boundary(detection.offset), "a place inside a character");
        }
    }
    for pair in pairs(value) {
        assert_eq!(value.get(pair.offset..pair.offset + pair.value.len()), Some(pair.value), "a pair elsewhere");
    }
    let _ = (mask(value), telling(name), is_placeholder(value), is_known_password(value));
}
