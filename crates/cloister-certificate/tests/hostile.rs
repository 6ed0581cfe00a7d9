//! Nothing panics, whatever comes.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use cloister_certificate::{Certificate, Host, read, read_base64};
use proptest::prelude::*;

/// A real one, to be broken: Ed25519, made by openssl for this test.
const GOOD: &[u8] = include_bytes!("good.der");

fn exercise(bytes: &[u8]) {
    let bundle = read(bytes);
    for certificate in &bundle.certificates {
        let _ = (certificate.weaknesses(certificate.not_before), certificate.matches(&Host::new("a.example")));
        let written = serde_json::to_string(certificate).expect("facts can be written");
        let again: Certificate = serde_json::from_str(&written).expect("and read");
        assert_eq!(serde_json::to_string(&again).expect("and written"), written);
    }
    let told: String = bundle.problems.iter().map(ToString::to_string).collect();
    assert!(!told.chars().any(char::is_control), "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
        let _ = read_base64(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_broken_certificate(at in 0..GOOD.len(), byte: u8, cut in 0..GOOD.len(), second in 0..GOOD.len(), other: u8) {
        let mut bytes = GOOD.to_vec();
        bytes[at] = byte;
        exercise(&bytes);
        bytes[second] = other;
        exercise(&bytes);
        exercise(&bytes[..cut]);
        exercise(&[&[0x30, 0x82, 0x01, 0x00][..], &bytes[cut..]].concat());
    }

    #[test]
    fn any_blocks(text in r"(-----(BEGIN|END) (CERTIFICATE|X PRIVATE KEY|[A-Z ]{0,9})-----\n|[A-Za-z0-9+/=]{0,64}\n|: \n){0,9}") {
        exercise(text.as_bytes());
    }
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(read(GOOD).certificates.len(), 1);
}
