//! A log in a folder: what was acknowledged is there, whatever happened in between.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests read and change files"
)]

use std::fs;
use std::path::Path;

use cloister_evidence::folder::{Fault, Folder, Item, Kept, head, payload};
use cloister_evidence::tree::{inclusion, root, verify_inclusion};
use cloister_evidence::{Commitment, Hash, Kind, Record, Rule, Signer, Tile, Tiles, entries};
use jiff::Timestamp;
use proptest::prelude::*;

fn signer() -> Signer {
    Signer::log("cloister.example/evidence", &[3; 32]).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn said(number: u64) -> Vec<u8> {
    format!("payload {} {number}-end", "x".repeat(usize::try_from(number % 50).unwrap())).into_bytes()
}

fn salt(number: u64) -> [u8; 32] {
    *Hash::leaf(&number.to_be_bytes()).bytes()
}

fn append(log: &mut Folder, count: u64) {
    let first = log.size();
    let payloads: Vec<(u64, Vec<u8>)> = (first..first + count).map(|number| (number, said(number))).collect();
    let items: Vec<Item<'_>> = payloads
        .iter()
        .map(|(number, payload)| Item { kind: Kind::Alert, time: now(), salt: salt(*number), payload })
        .collect();
    assert_eq!(log.append(&items, now()).unwrap(), first);
}

/// Reads the log as an auditor does: from the files alone.
fn check(folder: &Path) -> u64 {
    let head = head(folder, signer().verifier()).unwrap();
    let read = |tile: Tile| fs::read(folder.join(tile.to_string()));
    let tiles = Tiles { size: head.size, from: read };
    assert_eq!(root(&tiles, head.size).unwrap(), head.root);
    let bundles = Tile::new_between(0, head.size).filter(|tile| tile.level.is_none());
    let mut number = 0;
    for tile in bundles {
        for entry in entries(&read(tile).unwrap()) {
            let entry = entry.unwrap();
            let record = Record::read(entry).unwrap();
            match payload(folder, number).unwrap() {
                Kept::Whole { salt, payload } => assert!(record.commitment.opens(&salt, &payload)),
                Kept::Erased => {}
            }
            if number % 97 == 0 {
                let path = inclusion(&tiles, number, head.size).unwrap();
                assert_eq!(verify_inclusion(Hash::leaf(entry), number, head.size, &path, head.root), Ok(()));
            }
            number += 1;
        }
    }
    assert_eq!(number, head.size);
    head.size
}

#[test]
fn an_empty_log_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let log = Folder::create(folder.path(), signer(), now()).unwrap();
    assert!(matches!(Folder::create(folder.path(), signer(), now()), Err(Fault::InUse(_))));
    drop(log);
    assert!(matches!(Folder::create(folder.path(), signer(), now()), Err(Fault::Exists(_))));
    assert_eq!(check(folder.path()), 0);
}

#[test]
fn what_is_erased_is_nowhere_and_the_proof_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Folder::create(folder.path(), signer(), now()).unwrap();
    append(&mut log, 300);
    let secret = said(123);
    let Kept::Whole { salt, .. } = payload(folder.path(), 123).unwrap() else { panic!("it is kept") };
    assert_eq!(log.erase(&[123], Rule::Request, "case 7", [9; 32], now()).unwrap(), 300);
    assert_eq!(payload(folder.path(), 123).unwrap(), Kept::Erased);
    assert_eq!(check(folder.path()), 301);
    let mut open = vec![folder.path().to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for needle in [secret.as_slice(), &secret[secret.len() - 9..], &salt, &salt[23..]] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{}", path.display());
        }
    }
    let again = Commitment::new(&salt, &secret);
    assert!(again.opens(&salt, &secret));
}

#[test]
fn a_changed_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Folder::create(folder.path(), signer(), now()).unwrap();
    append(&mut log, 700);
    drop(log);
    for name in ["tile/0/002.p/188", "tile/1/000.p/2"] {
        let path = folder.path().join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        fs::write(&path, changed).unwrap();
        assert!(matches!(Folder::open(folder.path(), signer()), Err(Fault::Changed(_))), "{name}");
        fs::write(&path, whole).unwrap();
    }
    let other = Signer::log("cloister.example/evidence", &[4; 32]).unwrap();
    assert!(matches!(Folder::open(folder.path(), other), Err(Fault::Head { .. })));
    assert_eq!(Folder::open(folder.path(), signer()).unwrap().size(), 700);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn it_goes_on_where_it_was(steps in prop::collection::vec((prop_oneof![1u64..4, 200u64..300, 0u64..1000], any::<bool>()), 1..8)) {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Folder::create(folder.path(), signer(), now()).unwrap();
        let mut expected = 0;
        for (count, reopened) in steps {
            append(&mut log, count);
            expected += count;
            if reopened {
                drop(log);
                log = Folder::open(folder.path(), signer()).unwrap();
            }
        }
        prop_assert_eq!(check(folder.path()), expected);
        let partial = fs::read_dir(folder.path().join("tile/entries")).map_or(0, |entries| entries.filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".p")
        }).map(|entry| fs::read_dir(entry.unwrap().path()).unwrap().count()).sum::<usize>());
        prop_assert!(partial <= 1, "older partial bundles are removed");
    }

    #[test]
    fn an_append_that_was_cut_off_is_written_over(before in 0u64..600, lost in 1u64..300, after in 1u64..300) {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Folder::create(folder.path(), signer(), now()).unwrap();
        append(&mut log, before);
        let head = fs::read(folder.path().join("checkpoint")).unwrap();
        let copy = tempfile::tempdir().unwrap();
        copy_all(folder.path(), copy.path());
        append(&mut log, lost);
        drop(log);
        // As if the power had failed just before the new head: everything else is there, and the older tiles still are.
        copy_all(folder.path(), copy.path());
        fs::write(copy.path().join("checkpoint"), head).unwrap();
        let mut log = Folder::open(copy.path(), signer()).unwrap();
        prop_assert_eq!(log.size(), before);
        append(&mut log, after);
        let kept: u64 = (0..before + after).map(|number| 36 + said(number).len() as u64).sum();
        prop_assert_eq!(fs::metadata(copy.path().join("payload/000000.data")).unwrap().len(), kept, "nothing of it stays");
        drop(log);
        prop_assert_eq!(check(copy.path()), before + after);
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
