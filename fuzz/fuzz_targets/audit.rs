//! Any bytes as an audit log: no panic, every byte accounted for, and an event that follows on a line of its own is
//! found whatever stands before it.
#![no_main]

use cloister_audit::{Log, Window};
use libfuzzer_sys::fuzz_target;

const EVENT: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","requestURI":"/found","verb":"get","user":{"username":"found"},"annotations":{"authorization.k8s.io/decision":"allow"}}"#;

fuzz_target!(|bytes: &[u8]| {
    let read = |bytes: &[u8]| {
        let mut log = Log::new(Window::default());
        log.read("fuzz.log", bytes);
        log
    };
    let alone = read(bytes);
    // Packed logs come to more bytes than they have.
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        assert_eq!(alone.tally.bytes, bytes.len() as u64, "bytes went astray");
        let mut more = bytes.to_vec();
        more.push(b'\n');
        more.extend_from_slice(EVENT.as_bytes());
        let uses = read(&more).uses();
        assert!(uses.iter().any(|used| used.identity.user == "found"), "an event was lost");
    }
    let mut merged = read(bytes);
    merged.merge(alone);
    assert_eq!(merged.uses().len(), read(bytes).uses().len(), "merging made something new");
});
