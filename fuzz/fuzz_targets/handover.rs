//! Any bytes as what a capture hands over: no panic, and no frame that is not in them.
#![no_main]

use cloister_capture::{Reader, Record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(mut reader) = Reader::new(input) else { return };
    let mut told = 0;
    while let Ok(Some(record)) = reader.read() {
        if let Record::Frame { bytes, .. } = record {
            told += bytes.len();
        }
    }
    assert!(told <= input.len());
});
