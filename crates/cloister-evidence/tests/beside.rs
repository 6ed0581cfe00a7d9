//! Bundles of a log that another thread writes, and erases in, meanwhile.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests read files")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use cloister_evidence::Rule;
use cloister_evidence::folder::bundle::{Contents, Export, steadily};
use cloister_evidence::folder::{Fault, Snapshot};
use cloister_evidence::verify::With;
use support::{append, at, key, log, salt, sealer, signer};

/// A bundle of all that is there.
fn export(log: &Snapshot) -> Result<Contents, Fault> {
    let selection = log.select(at(0), at(1_000_000))?;
    let (signer, sealer) = (signer(), sealer());
    let (signer, sealer, older, files) = (&signer, Some(&sealer), &[][..], Vec::new());
    Export { log, signer, sealer, framework: "gdpr", selection, older, files, most: 1 << 30 }.contents()
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_bundle_holds_though_its_log_is_written_and_erased_in_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("log");
    let mut log = log(&root, 250);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut erased = 0;
            while !is_over.load(Ordering::Relaxed) {
                append(&mut log, 3);
                // Entries of the records of erasing lie between, and stay.
                let entries: Vec<u64> = (erased..erased + 2).filter(|at| *at < 250).collect();
                if !entries.is_empty() {
                    log.erase(&entries, Rule::Request, "case", salt(log.size()), at(log.size())).unwrap();
                    erased += 2;
                }
            }
            log.size()
        });
        // Whatever fails, the writer ends.
        let _over = Over(&is_over);
        let mut sizes = Vec::new();
        for number in 0..40 {
            let (made, holds) = steadily((&root, &key()), export).unwrap();
            let (_, end) = made.manifest().unwrap().entries;
            let with = With { key: &key(), witnesses: &[], older: &[] };
            let outcome = made.bundle().check(with, |_, _, _| {}).outcome;
            assert!(holds && outcome.holds(), "{number}: {:?}", outcome.faults);
            assert_eq!((outcome.entries, outcome.whole + outcome.erased), (end, end), "nothing was left out");
            sizes.push(end);
        }
        is_over.store(true, Ordering::Relaxed);
        let last = writer.join().unwrap();
        assert!(sizes.is_sorted() && sizes[0] < sizes[39] && sizes[39] <= last, "{sizes:?} of {last}");
    });
}

#[test]
fn a_reader_sees_all_entries_of_its_head_while_tiles_grow() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 100);
    let snapshot = Snapshot::take(folder.path(), &key()).unwrap();
    // The tiles of the head are replaced by fuller ones.
    append(&mut log, 300);
    assert_eq!(snapshot.head().size, 100);
    let selection = snapshot.select(at(0), at(1_000_000)).unwrap();
    assert_eq!((selection.first, selection.end), (0, 100));
    assert!((0..100).all(|index| snapshot.record(index).is_ok_and(|record| record.time == at(index))));
}

#[test]
fn an_erasure_that_is_under_way_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("log");
    let mut log = log(&root, 3);
    let before = std::fs::read(root.join("payload/000000.data")).unwrap();
    log.erase(&[1], Rule::Request, "case", salt(3), at(3)).unwrap();
    let after = std::fs::read(root.join("payload/000000.data")).unwrap();
    // As it is between the record of it and the erasing itself.
    let mut between = after.clone();
    between[..before.len()].copy_from_slice(&before);
    std::fs::write(root.join("payload/000000.data"), between).unwrap();
    let mut tries = 0;
    let (_, holds) = steadily((&root, &key()), |log| {
        tries += 1;
        if tries == 2 {
            std::fs::write(root.join("payload/000000.data"), &after).unwrap();
        }
        export(log)
    })
    .unwrap();
    assert_eq!((tries, holds), (2, true));
    // A log that does not hold gives a bundle that does not, and says so.
    std::fs::write(root.join("payload/000000.data"), &before).unwrap();
    assert!(steadily((&root, &key()), export).map_or(true, |(_, holds)| !holds));
}

#[test]
fn a_bundle_goes_through_one_file_and_nothing_leads_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    drop(log(&folder.path().join("log"), 5));
    let (made, _) = steadily((&folder.path().join("log"), &key()), export).unwrap();
    let packed = made.pack("audit").unwrap();
    assert_eq!(made.pack("audit").unwrap(), packed);
    assert_eq!(Contents::unpack(&packed, 1 << 30).unwrap(), made);
    assert!(Contents::unpack(&packed, 1000).is_err() && Contents::unpack(b"no", 1 << 30).is_err());
    let to = folder.path().join("audit");
    made.write(&to).unwrap();
    assert!(matches!(made.write(&to), Err(Fault::Exists(_))));
    // GNU tar reads it, too.
    std::fs::write(folder.path().join("audit.tar.gz"), &packed).unwrap();
    let mut tar = std::process::Command::new("tar");
    let listed = tar.args(["-tzf", "audit.tar.gz"]).current_dir(folder.path()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.lines().any(|name| name == "audit/log/checkpoint") && listed.lines().count() == made.count());
    // What leads out of the folder, beside what would be a bundle.
    for (name, is_read) in
        [("audit/x", true), ("audit/../../x", false), ("/x", false), ("x", false), ("audit/./x", false)]
    {
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for name in ["audit/manifest", name] {
            let mut header = tar::Header::new_gnu();
            header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(1);
            header.set_cksum();
            tar.append(&header, &b"x"[..]).unwrap();
        }
        let hostile = tar.into_inner().unwrap().finish().unwrap();
        assert_eq!(Contents::unpack(&hostile, 1 << 30).is_ok(), is_read, "{name}");
    }
    let link = {
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, "audit/manifest", "/etc/passwd").unwrap();
        tar.into_inner().unwrap().finish().unwrap()
    };
    assert!(Contents::unpack(&link, 1 << 30).is_err());
}
