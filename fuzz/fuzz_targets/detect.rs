//! Any text for credentials and personal data: no panic, and what is shown of a value is not the value.
#![no_main]

use cloister_detect::{is_known_password, is_placeholder, mask, pairs, scan, scan_field, telling};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
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
});
