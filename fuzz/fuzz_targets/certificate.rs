//! Any bytes as certificates: no panic, nothing of a private key told, and what is read can be written and judged.
#![no_main]

use cloister_certificate::{Host, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bundle = read(bytes);
    for certificate in &bundle.certificates {
        let _ = (certificate.weaknesses(certificate.not_before), certificate.matches(&Host::new("*.a.example")));
        let _ = (certificate.left(certificate.not_before), certificate.is_for_clients(), certificate.key.to_string());
    }
    let told: String = bundle.problems.iter().map(ToString::to_string).collect();
    assert!(!told.chars().any(char::is_control), "a problem that could move the cursor");
});
