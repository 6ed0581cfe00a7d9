//! Signed heads: what the specification's own example says, and that nothing changed passes.
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "tests")]

use cloister_evidence::{BrokenNote, Checkpoint, Commitment, Hash, Kind, NoKey, Note, Record, Signer, Verifier};
use jiff::Timestamp;
use proptest::prelude::*;

fn time() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn signed(signers: &[&Signer]) -> Note {
    let head = Checkpoint { origin: "example.com/log".to_owned(), size: 42, root: Hash::leaf(b"x") };
    let mut note = Note::new(head.to_string()).unwrap();
    signers.iter().for_each(|signer| note.sign(signer, time()));
    note
}

#[test]
fn log_and_witness_sign_and_are_told_apart() {
    let log = Signer::log("example.com/log", &[7; 32]).unwrap();
    let witness = Signer::witness("witness.example.com", &[8; 32]).unwrap();
    let other = Signer::log("example.com/log", &[9; 32]).unwrap();
    let note = signed(&[&log, &witness]);
    let read = Note::read(&note.to_string()).unwrap();
    assert_eq!(read, note);
    assert_eq!(read.verify(log.verifier()), Ok(None));
    assert_eq!(read.verify(witness.verifier()), Ok(Some(time())));
    assert_eq!(read.verify(other.verifier()), Err(BrokenNote::Unsigned));
    let head: Checkpoint = read.text().parse().unwrap();
    assert_eq!((head.size, head.root), (42, Hash::leaf(b"x")));
}

#[test]
fn heads_are_written_one_way() {
    let head = Checkpoint { origin: "example.com/log".to_owned(), size: 42, root: Hash::leaf(b"x") };
    let text = head.to_string();
    assert_eq!(text.parse(), Ok(head));
    for other in [
        text.replace("42", "042"),
        text.replace("42", "+42"),
        text.replace("example.com/log", ""),
        text.clone() + "more\n",
    ] {
        assert!(other.parse::<Checkpoint>().is_err(), "{other}");
    }
}

#[test]
fn keys_are_written_and_read() {
    let log = Signer::log("example.com/log", &[7; 32]).unwrap();
    let written = log.verifier().to_string();
    assert_eq!(written.parse(), Ok(log.verifier().clone()));
    assert_eq!(written.replace("example", "exemple").parse::<Verifier>(), Err(NoKey::Id));
    assert_eq!("example.com/log".parse::<Verifier>(), Err(NoKey::Form));
    assert!(Signer::log("a b", &[7; 32]).is_err());
    assert!(!format!("{log:?}").contains('7'), "the seed is not shown");
}

#[test]
fn records_are_written_one_way() {
    let commitment = Commitment::new(&[1; 32], b"payload");
    let record = Record { kind: Kind::Alert, time: time(), commitment };
    let written = record.write();
    assert_eq!(Record::read(&written).unwrap(), record);
    let text = String::from_utf8(written).unwrap();
    for other in [
        text.replace(':', ": "),
        text.replace("\"v\":1,", ""),
        text.replace("\"v\":1", "\"v\":2"),
        text.replace("Z\"", "+00:00\""),
    ] {
        assert_ne!(other, text);
        assert!(Record::read(other.as_bytes()).is_err(), "{other}");
    }
    assert!(commitment.opens(&[1; 32], b"payload"));
    assert!(!commitment.opens(&[2; 32], b"payload"));
    assert!(!commitment.opens(&[1; 32], b"Payload"));
}

proptest! {
    #[test]
    fn no_changed_bit_passes(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let log = Signer::log("example.com/log", &[7; 32]).unwrap();
        let mut bytes = signed(&[&log]).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let passes = std::str::from_utf8(&bytes).ok().and_then(|text| Note::read(text).ok())
            .is_some_and(|note| note.verify(log.verifier()).is_ok());
        prop_assert!(!passes, "bit {} of byte {}", bit, at);
    }

    #[test]
    fn nothing_panics(text in any::<String>()) {
        let _ = Note::read(&text);
        let _ = text.parse::<Verifier>();
        let _ = text.parse::<Checkpoint>();
        let _ = Record::read(text.as_bytes());
    }
}
