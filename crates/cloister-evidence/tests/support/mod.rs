//! A log to check, and what checking it came to.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests read and change files"
)]

use std::fs;
use std::path::{Path, PathBuf};

use cloister_evidence::folder::{Folder, Item, Reader};
use cloister_evidence::seal::{self, Sealer};
use cloister_evidence::verify::{Outcome, With, verify};
use cloister_evidence::{Hash, Kind, Signer, Verifier};
use jiff::{SignedDuration, Timestamp};

pub const SECRET: [u8; 32] = [5; 32];

pub fn signer() -> Signer {
    Signer::log("cloister.example/evidence", &[3; 32]).unwrap()
}

pub fn key() -> Verifier {
    signer().verifier().clone()
}

pub fn sealer() -> Sealer {
    Sealer::new(&SECRET)
}

/// An hour after the other.
pub fn at(number: u64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_hours(i64::try_from(number).unwrap())
}

pub fn salt(number: u64) -> [u8; 32] {
    *Hash::leaf(&number.to_be_bytes()).bytes()
}

pub fn said(number: u64) -> Vec<u8> {
    // Each third is long enough to be packed.
    let long = if number.is_multiple_of(3) { " and so on".repeat(150) } else { String::new() };
    format!("{{\"said\":\"number {number}{long}\"}}").into_bytes()
}

/// Adds so many entries, an hour apart, at once.
pub fn append(log: &mut Folder, count: u64) {
    let first = log.size();
    let payloads: Vec<(u64, Vec<u8>)> = (first..first + count)
        .map(|number| (number, seal::keep(Kind::Assessment, &said(number), Some(&sealer().key(&salt(number))))))
        .collect();
    let items: Vec<Item<'_>> = payloads
        .iter()
        .map(|(number, payload)| Item { kind: Kind::Assessment, time: at(*number), salt: salt(*number), payload })
        .collect();
    log.append(&items, at(first)).unwrap();
}

/// A log of so many entries.
pub fn log(root: &Path, count: u64) -> Folder {
    let mut log = Folder::create(root, signer(), at(0)).unwrap();
    append(&mut log, count);
    log
}

pub fn check(root: &Path, older: &[(String, String)]) -> Outcome {
    verify(&Reader::new(root), With { key: &key(), witnesses: &[], older }, |_, _, _| {})
}

pub fn head(root: &Path) -> String {
    fs::read_to_string(root.join("checkpoint")).unwrap()
}

/// All files below a folder.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let (mut open, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

pub fn copy_all(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

/// Another each time, printed, so that a failure can be repeated.
pub fn fresh_seed() -> u64 {
    let seed = std::env::var("CLOISTER_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from_be_bytes(cloister_evidence::folder::random().unwrap()));
    println!("CLOISTER_SEED={seed}");
    seed
}

/// SplitMix64.
pub fn dice(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
