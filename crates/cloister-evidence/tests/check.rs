//! What checking finds: every change, with its place.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests read and change files"
)]

mod support;

use std::fs;
use std::io::Read as _;
use std::path::Path;

use cloister_evidence::folder::bundle::{Bundle, Export};
use cloister_evidence::folder::{Folder, Reader, Snapshot};
use cloister_evidence::seal::{self, Closed, Form};
use cloister_evidence::verify::{Outcome, With, verify};
use cloister_evidence::{Checkpoint, Kind, Note, Rule, Signer};
use proptest::prelude::*;
use support::{append, at, check, copy_all, dice, files, fresh_seed, head, key, log, sealer, signer};

/// Places and what is wrong there.
fn told(outcome: &Outcome) -> Vec<String> {
    outcome.faults.iter().map(|fault| format!("{}: {}", fault.place, fault.what)).collect()
}

/// What was recorded from one hour to before another, as an auditor gets it.
fn export(log: &Folder, (from, to): (u64, u64), target: &Path, older: &[Checkpoint]) {
    let snapshot = Snapshot::take(log.reader().root(), &key()).unwrap();
    let selection = snapshot.select(at(from), at(to)).unwrap();
    assert_eq!((selection.first, selection.end), (from, to.min(log.size())));
    let files = vec![("report.html".to_owned(), b"<!doctype html>".to_vec())];
    let sealer = sealer();
    let (log, signer) = (&snapshot, &signer());
    let (sealer, framework, most) = (Some(&sealer), "gdpr", 1 << 30);
    let export = Export { log, signer, sealer, framework, selection, older, files, most };
    export.contents().unwrap().write(target).unwrap();
}

fn check_bundle(root: &Path, older: &[(String, String)]) -> Outcome {
    Bundle::open(root).unwrap().check(With { key: &key(), witnesses: &[], older }, |_, _, _| {}).outcome
}

#[test]
fn a_log_that_nobody_has_changed_holds() {
    for count in [0, 1, 255, 256, 257, 700] {
        let folder = tempfile::tempdir().unwrap();
        drop(log(folder.path(), count));
        let outcome = check(folder.path(), &[]);
        assert_eq!(told(&outcome), [""; 0], "{count}");
        assert_eq!((outcome.entries, outcome.whole, outcome.sealed), (count, count, count));
    }
}

#[test]
fn what_was_changed_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    drop(log(folder.path(), 700));
    let cases = [
        ("tile/0/001", 40, "tile/0/001: was changed: it does not lead to tile/1/000.p/2"),
        ("tile/entries/001", 300, "entry 258 in tile/entries/001: is not what was recorded"),
        ("tile/1/000.p/2", 3, "tile/0/000: does not lead to tile/1/000.p/2: one of them was changed"),
        ("payload/000000.data", 60, "payload of entry 0: is not what was recorded"),
        ("payload/000000.data", 2, "payload of entry 0: the payload has another length than its index says"),
        ("checkpoint", 30, "checkpoint: the signature does not fit the text: one of them was changed"),
    ];
    for (name, at, expected) in cases {
        let path = folder.path().join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        let found = told(&check(folder.path(), &[]));
        assert!(found.iter().any(|found| found == expected), "{name}: {found:?}");
        fs::write(&path, whole).unwrap();
    }
    fs::remove_file(folder.path().join("tile/0/000")).unwrap();
    assert!(told(&check(folder.path(), &[]))[0].starts_with("tile/0/000: "));
}

#[test]
fn truncation_and_fork_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 300);
    let (early, copy) = (head(folder.path()), tempfile::tempdir().unwrap());
    copy_all(folder.path(), copy.path());
    append(&mut log, 100);
    let late = head(folder.path());
    drop(log);
    let older = |text: &str| [("kept".to_owned(), text.to_owned())];
    assert!(check(folder.path(), &older(&early)).holds() && check(folder.path(), &older(&late)).holds());
    // A copy of the day before verifies by itself: only who has seen more can tell.
    assert!(check(copy.path(), &[]).holds());
    let cut = told(&check(copy.path(), &older(&late)));
    assert_eq!(cut, ["kept: the log was cut: it had 400 entries when this head was signed, and has 300"]);
    let mut fork = Folder::open(copy.path(), signer()).unwrap();
    fork.erase(&[7], Rule::Request, "case 1", [8; 32], at(300)).unwrap();
    append(&mut fork, 200);
    drop(fork);
    assert!(check(copy.path(), &older(&early)).holds());
    let forked = told(&check(copy.path(), &older(&late)));
    assert!(forked[0].starts_with("kept: the log was forked"), "{forked:?}");
}

#[test]
fn a_log_is_checked_while_it_grows() {
    for (before, more) in [(300, 100), (300, 1000), (1, 3)] {
        let folder = tempfile::tempdir().unwrap();
        let mut log = log(folder.path(), before);
        let early = head(folder.path());
        append(&mut log, more);
        // As who has read the head just before.
        fs::write(folder.path().join("checkpoint"), early).unwrap();
        let outcome = check(folder.path(), &[]);
        assert_eq!((told(&outcome), outcome.entries), (vec![], before));
    }
}

#[test]
fn witnesses_sign_what_they_have_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 10);
    let witness = Signer::witness("witness.example/w", &[6; 32]).unwrap();
    let other = Signer::witness("other.example/w", &[7; 32]).unwrap();
    let mut note = Note::read(&head(folder.path())).unwrap();
    note.sign(&witness, at(9));
    fs::create_dir(folder.path().join("witness")).unwrap();
    fs::write(folder.path().join("witness/w"), note.to_string()).unwrap();
    append(&mut log, 500);
    let with = |one: &Signer| {
        let witnesses = [one.verifier().clone()];
        verify(&Reader::new(folder.path()), With { key: &key(), witnesses: &witnesses, older: &[] }, |_, _, _| {})
    };
    let seen = with(&witness);
    assert!(seen.holds());
    assert_eq!((seen.witnesses[0].size, seen.witnesses[0].time), (10, Some(at(9))));
    assert_eq!(told(&with(&other)), ["witness: other.example/w has signed no head that is here"]);
    // The bundle has what it takes to check that, too.
    let target = tempfile::tempdir().unwrap();
    export(&log, (400, 410), &target.path().join("b"), &[]);
    let witnesses = [witness.verifier().clone()];
    let bundle = Bundle::open(&target.path().join("b")).unwrap();
    let checked = bundle.check(With { key: &key(), witnesses: &witnesses, older: &[] }, |_, _, _| {});
    assert_eq!((told(&checked.outcome), checked.outcome.witnesses[0].size), (vec![], 10));
}

#[test]
fn what_is_erased_must_be_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 20);
    assert_eq!(log.erase(&[3, 4, 9], Rule::Retention, "", [1; 32], at(20)).unwrap(), 20);
    assert_eq!((told(&check(folder.path(), &[])), check(folder.path(), &[]).erased), (vec![], 3));
    assert!(log.erase(&[20], Rule::Request, "", [2; 32], at(21)).is_err(), "what says so stays");
    assert!(log.erase(&[99], Rule::Request, "", [2; 32], at(21)).is_err());
    // In the bundle of a period before it, what was erased later is shown as erased, and the entry that says so is there.
    let target = tempfile::tempdir().unwrap();
    export(&log, (2, 6), &target.path().join("b"), &[]);
    let outcome = check_bundle(&target.path().join("b"), &[]);
    assert_eq!((told(&outcome), outcome.erased, outcome.whole), (vec![], 2, 3));
    // Somebody overwrites what a sealed entry said, with zeros as erasing does.
    let path = folder.path().join("payload/000000.data");
    let mut bytes = fs::read(&path).unwrap();
    let length = 4 + 32 + usize::try_from(u32::from_be_bytes(bytes[..4].try_into().unwrap())).unwrap();
    bytes[4..length].fill(0);
    fs::write(&path, bytes).unwrap();
    let found = told(&check(folder.path(), &[]));
    assert_eq!(found, ["payload of entry 0: is gone, and no entry says that it was erased"]);
}

#[test]
fn an_erasing_that_was_cut_off_is_told_and_made_good() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 5);
    let whole = fs::read(folder.path().join("payload/000000.data")).unwrap();
    log.erase(&[2], Rule::Request, "", [1; 32], at(5)).unwrap();
    let mut bytes = fs::read(folder.path().join("payload/000000.data")).unwrap();
    bytes[..whole.len()].copy_from_slice(&whole);
    fs::write(folder.path().join("payload/000000.data"), bytes).unwrap();
    let found = told(&check(folder.path(), &[]));
    assert_eq!(found, ["payload of entry 2: the log says that it was erased, and it is still there: erase it again"]);
    log.erase(&[2], Rule::Request, "", [2; 32], at(6)).unwrap();
    assert!(check(folder.path(), &[]).holds());
}

/// All bits of small files, some of large ones: nothing of a bundle can be changed unseen.
#[test]
fn every_bit_of_a_bundle_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 600);
    log.erase(&[301], Rule::Request, "case 4", [1; 32], at(600)).unwrap();
    let target = tempfile::tempdir().unwrap();
    let bundle = target.path().join("b");
    export(&log, (298, 304), &bundle, &[]);
    assert_eq!(told(&check_bundle(&bundle, &[])), [""; 0]);
    let mut seed = fresh_seed();
    let mut tried = 0;
    for path in files(&bundle) {
        let whole = fs::read(&path).unwrap();
        let bits = whole.len() as u64 * 8;
        let some: Vec<u64> =
            if bits <= 1600 { (0..bits).collect() } else { (0..150).map(|_| dice(&mut seed) % bits).collect() };
        for bit in some {
            let mut changed = whole.clone();
            changed[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
            fs::write(&path, &changed).unwrap();
            assert!(!check_bundle(&bundle, &[]).holds(), "bit {bit} of {}", path.display());
            tried += 1;
        }
        fs::write(&path, &whole).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(!check_bundle_or_lost(&bundle), "{} is gone", path.display());
        fs::write(&path, whole).unwrap();
    }
    fs::write(bundle.join("entries/000999.json"), "{}").unwrap();
    assert_eq!(told(&check_bundle(&bundle, &[])), ["entries/000999.json: was not exported: somebody has put it there"]);
    println!("{tried} bits");
}

fn check_bundle_or_lost(bundle: &Path) -> bool {
    Bundle::is_one(bundle) && check_bundle(bundle, &[]).holds()
}

#[test]
fn a_bundle_proves_that_the_log_goes_on_from_what_the_auditor_has_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 300);
    let early = head(folder.path());
    append(&mut log, 1500);
    let seen: Checkpoint = Note::read(&early).unwrap().text().parse().unwrap();
    let target = tempfile::tempdir().unwrap();
    export(&log, (1000, 1010), &target.path().join("with"), std::slice::from_ref(&seen));
    export(&log, (1000, 1010), &target.path().join("without"), &[]);
    let older = [("kept".to_owned(), early)];
    assert_eq!(told(&check_bundle(&target.path().join("with"), &older)), [""; 0]);
    let lacks = told(&check_bundle(&target.path().join("without"), &older));
    assert!(lacks[0].contains("cannot be told"), "{lacks:?}");
}

#[test]
fn a_key_opens_one_payload_in_one_way() {
    let (one, other) = (sealer().key(&[1; 32]), sealer().key(&[2; 32]));
    let kept = seal::sealed(&one, b"who");
    assert_eq!(seal::open(&kept, Some(&one)).unwrap(), b"who");
    assert_eq!(seal::open(&kept, Some(&other)), Err(Closed::OtherKey));
    assert_eq!(seal::open(&kept, None), Err(Closed::Sealed));
    assert_eq!(seal::open(b"", None), Err(Closed::Form));
    assert!(!kept.windows(3).any(|window| window == b"who"));
}

#[test]
fn what_is_packed_opens_as_it_was_and_a_bomb_does_not() {
    let (key, bomb) = (sealer().key(&[1; 32]), bomb());
    let long = br#"{"severity":"high"},"#.repeat(4000);
    for key in [None, Some(&key)] {
        let kept = seal::keep(Kind::Assessment, &long, key);
        assert!(kept.len() * 20 < long.len(), "{} bytes of {}", kept.len(), long.len());
        assert_eq!(seal::open(&kept, key).unwrap(), long);
        assert_eq!(seal::is_sealed(&kept), key.is_some());
        // What is short, or of another kind, is kept as former versions kept everything.
        let former = key.map_or_else(|| seal::plain(b"short"), |key| seal::sealed(key, b"short"));
        assert_eq!(seal::keep(Kind::Assessment, b"short", key), former);
        assert_eq!(seal::open(&former, key).unwrap(), b"short");
        assert!(seal::keep(Kind::Alert, &long, key).len() > long.len());
        let bomb = seal::kept(Form::Packed, &bomb, key);
        assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
        assert_eq!(seal::open(&bomb, key), Err(Closed::Bomb));
        assert_eq!(seal::open(&seal::kept(Form::Packed, b"no gzip", key), key), Err(Closed::Damaged));
    }
}

/// One byte more than may be.
fn bomb() -> Vec<u8> {
    let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::copy(&mut std::io::repeat(b'0').take(seal::LONGEST as u64 + 1), &mut packing).unwrap();
    packing.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn any_period_of_any_log_holds(count in 1u64..900, from in 0u64..900, length in 0u64..300) {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path(), count);
        let (from, to) = (from.min(count), (from + length).min(count).max(from.min(count)));
        let target = tempfile::tempdir().unwrap();
        export(&log, (from, to), &target.path().join("b"), &[]);
        let outcome = check_bundle(&target.path().join("b"), &[]);
        prop_assert_eq!(told(&outcome), Vec::<String>::new());
        prop_assert_eq!(outcome.whole, to - from);
    }

    #[test]
    fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..2000), file in 0usize..100) {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path(), 5);
        let target = tempfile::tempdir().unwrap();
        export(&log, (1, 3), &target.path().join("b"), &[]);
        let all = files(&target.path().join("b"));
        fs::write(&all[file % all.len()], &bytes).unwrap();
        prop_assert!(!check_bundle(&target.path().join("b"), &[]).holds());
        let all = files(folder.path());
        fs::write(&all[file % all.len()], bytes).unwrap();
        let _ = check(folder.path(), &[]);
    }
}
