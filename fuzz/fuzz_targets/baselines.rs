//! Any text as a file of baselines, also with its right sum before it: no panic, what is read is written so that it reads
//! the same, and memory has a bound.
#![no_main]

use std::hash::Hasher;

use cloister_dlp::Baselines;
use libfuzzer_sys::fuzz_target;
use siphasher::sip::SipHasher13;

fuzz_target!(|text: &str| {
    let mut sum = SipHasher13::new();
    sum.write(text.as_bytes());
    let summed = format!("cloister-baselines 1 {} {:016x}\n{text}\n", text.len(), sum.finish());
    for text in [text, &summed] {
        let Ok(read) = Baselines::read(text) else { continue };
        let written = read.write();
        let again = Baselines::read(&written);
        assert_eq!(again.as_ref().map(Baselines::write), Ok(written), "it reads otherwise");
        assert!(read.len() <= 4096 && read.held() < 64 << 20);
    }
});
