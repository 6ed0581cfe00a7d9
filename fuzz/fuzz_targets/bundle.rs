//! A bundle of evidence of which one file was changed: no panic, and the change is found. The first byte chooses the file,
//! the next three what of it is replaced by the rest. Also any bytes as the parts that are signed.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use cloister_evidence::folder::bundle::{Bundle, Export};
use cloister_evidence::folder::{Folder, Item, Snapshot};
use cloister_evidence::seal::{self, Sealer};
use cloister_evidence::verify::With;
use cloister_evidence::{Checkpoint, Hash, Kind, Note, Record, Signer, Verifier, entries};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

struct Whole {
    _folder: tempfile::TempDir,
    root: PathBuf,
    key: Verifier,
    files: Vec<(String, Vec<u8>)>,
}

static WHOLE: LazyLock<Whole> = LazyLock::new(|| whole().expect("a bundle can be written"));

/// A bundle of some entries, some of them sealed.
fn whole() -> Result<Whole, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let (signer, sealer) = (Signer::log("cloister.example/evidence", &[3; 32])?, Sealer::new(&[5; 32]));
    let key = signer.verifier().clone();
    let (start, end) = (Timestamp::from_second(1_800_000_000)?, Timestamp::from_second(1_800_100_000)?);
    let mut log = Folder::create(&folder.path().join("log"), signer, start)?;
    for number in 0_u8..6 {
        let salt = *Hash::leaf(&[number]).bytes();
        let said = format!("{{\"said\":\"number {number}\"}}").into_bytes();
        let payload = if number % 2 == 0 { seal::sealed(&sealer.key(&salt), &said) } else { seal::plain(&said) };
        log.append(&[Item { kind: Kind::Assessment, time: start, salt, payload: &payload }], start)?;
    }
    let log = Snapshot::take(&folder.path().join("log"), &key)?;
    let (root, selection) = (folder.path().join("bundle"), log.select(start, end)?);
    let signer = Signer::log("cloister.example/evidence", &[3; 32])?;
    let files = vec![("report.html".to_owned(), b"<!doctype html>".to_vec())];
    let (log, signer, sealer, framework, most) = (&log, &signer, Some(&sealer), "gdpr", 1 << 30);
    Export { log, signer, sealer, framework, selection, older: &[], files, most }.contents()?.write(&root)?;
    let names: Vec<String> = Bundle::open(&root)?.files().map(str::to_owned).collect();
    let files = names.into_iter().map(|name| Ok((name.clone(), fs::read(root.join(name))?)));
    let files = files.collect::<std::io::Result<_>>()?;
    Ok(Whole { _folder: folder, root, key, files })
}

fn holds(root: &Path, key: &Verifier) -> bool {
    let with = With { key, witnesses: &[], older: &[] };
    Bundle::open(root).is_ok_and(|bundle| bundle.check(with, |_, _, _| {}).outcome.holds())
}

fuzz_target!(|input: &[u8]| {
    let [file, start, more, length, new @ ..] = input else { return };
    read(new);
    let (name, old) = &WHOLE.files[usize::from(*file) % WHOLE.files.len()];
    let start = (usize::from(*start) | usize::from(*more) << 8).min(old.len());
    let end = (start + usize::from(*length)).min(old.len());
    let changed = [&old[..start], new, &old[end..]].concat();
    if changed == *old {
        return;
    }
    let path = WHOLE.root.join(name);
    fs::write(&path, &changed).expect("a file of the bundle");
    let held = holds(&WHOLE.root, &WHOLE.key);
    fs::write(&path, old).expect("a file of the bundle");
    assert!(
        !held || (signed(old).is_some() && signed(&changed) == signed(old)),
        "{name} was changed, and nobody saw it"
    );
});

/// What of a signed text is signed: others may add their signatures.
fn signed(bytes: &[u8]) -> Option<String> {
    Note::read(std::str::from_utf8(bytes).ok()?).ok().map(|note| note.text().to_owned())
}

fn read(bytes: &[u8]) {
    for entry in entries(bytes).flatten() {
        if let Ok(record) = Record::read(entry) {
            assert_eq!(record.write(), entry, "a record that reads as another");
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = (Note::read(text), Signer::read(text), text.parse::<Verifier>(), text.parse::<Checkpoint>());
}
