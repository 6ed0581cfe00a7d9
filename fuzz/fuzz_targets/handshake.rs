//! Any bytes as a server's answer to a ClientHello: no panic, and what was read once is not taken back by what follows.
#![no_main]

use cloister_probe::tls::answer::{Step, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = read(bytes, false);
    let _ = read(bytes, true);
    for cut in [bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let part = read(&bytes[..cut], false);
        assert!(matches!(part, Step::More) || part == whole, "{part:?} became {whole:?}");
    }
});
