//! Reads and checks a bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{MANIFEST, Manifest, OPENINGS, Opening, content_of, packed_of};
use crate::folder::stamps;
use crate::seal::{self, Form};
use crate::verify::{Evidence, Outcome, Said, With, verify};
use crate::{Note, Record, Tile, Verifier};

/// More files than these are not looked at.
const MOST_FILES: usize = 1_000_000;

/// A bundle, as it is there.
#[derive(Debug)]
pub struct Bundle {
    from: Place,
    files: BTreeSet<String>,
    openings: BTreeMap<u64, Opening>,
}

/// Where its files are.
#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Memory(Arc<BTreeMap<String, Vec<u8>>>),
}

/// What checking a bundle came to.
#[derive(Debug)]
pub struct Checked {
    /// What it says it is, if the log has signed that.
    pub manifest: Option<Manifest>,
    /// What was found.
    pub outcome: Outcome,
}

impl Bundle {
    /// Whether this folder is a bundle, and not a log.
    pub fn is_one(root: &Path) -> bool {
        root.join(MANIFEST).is_file()
    }

    /// Opens it. What is wrong with it is told by [`Bundle::check`].
    pub fn open(root: &Path) -> io::Result<Bundle> {
        let mut files = BTreeSet::new();
        list(root, "", &mut files)?;
        Ok(Bundle { from: Place::Folder(root.to_owned()), files, openings: BTreeMap::new() }.opened())
    }

    /// One that is not written yet.
    pub(super) fn of(files: Arc<BTreeMap<String, Vec<u8>>>) -> Bundle {
        let names = files.keys().cloned().collect();
        Bundle { from: Place::Memory(files), files: names, openings: BTreeMap::new() }.opened()
    }

    fn opened(mut self) -> Bundle {
        let openings = self.text(OPENINGS).unwrap_or_default();
        let openings = openings.lines().filter_map(|line| serde_json::from_str::<Opening>(line).ok());
        self.openings = openings.map(|opening| (opening.entry, opening)).collect();
        self
    }

    /// The files in it.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// What an entry says, as it stands there; `None` where it was not disclosed.
    pub fn content(&self, index: u64) -> Option<Vec<u8>> {
        self.read(&content_of(index)).ok()
    }

    /// An ordinary file of it: a link would lead to anywhere.
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        match &self.from {
            Place::Folder(root) => {
                let path = root.join(name);
                let is_file = path.symlink_metadata()?.is_file();
                if is_file { fs::read(path) } else { Err(io::Error::other("is no ordinary file")) }
            }
            Place::Memory(files) => files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()),
        }
    }

    fn text(&self, name: &str) -> io::Result<String> {
        String::from_utf8(self.read(name)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "is no text"))
    }

    fn hash(&self, name: &str) -> io::Result<String> {
        match &self.from {
            Place::Folder(root) => hash_of(&root.join(name)),
            Place::Memory(_) => self.read(name).map(|bytes| hex(&Sha256::digest(bytes).into())),
        }
    }

    /// Whether an entry's payload was erased.
    pub fn is_erased(&self, index: u64) -> bool {
        self.openings.get(&index).is_some_and(|opening| opening.erased)
    }

    /// Checks everything in it. `seen` is told of each entry that can be read.
    pub fn check(&self, with: With<'_>, mut seen: impl FnMut(u64, &Record, &Said)) -> Checked {
        let mut before = Outcome::default();
        let manifest = self.manifest(with.key).map_err(|what| before.fault(MANIFEST, what)).ok();
        if let Some(manifest) = &manifest {
            self.against(manifest, &mut before);
        }
        let mut period = Period::default();
        let mut outcome = verify(self, with, |index, record, said| {
            period.see(manifest.as_ref(), index, record);
            seen(index, record, said);
        });
        period.end(manifest.as_ref(), &mut before, outcome.head.as_ref().map(|head| head.size));
        let (mut faults, more) = (before.faults, before.more);
        faults.append(&mut outcome.faults);
        outcome.faults = faults;
        outcome.more += more;
        Checked { manifest, outcome }
    }

    fn manifest(&self, key: &Verifier) -> Result<Manifest, String> {
        let text = self.text(MANIFEST).map_err(|error| error.to_string())?;
        let note = Note::read(&text).map_err(|error| error.to_string())?;
        note.verify(key).map_err(|error| error.to_string())?;
        // Others have no say here, and a signature that nobody checks would be room for changes.
        if !note.is_signed_once() {
            return Err("has a further signature".to_owned());
        }
        let manifest: Manifest = note.text().parse().map_err(|error: super::NoManifest| error.to_string())?;
        if manifest.origin == key.name() { Ok(manifest) } else { Err("is that of another log".to_owned()) }
    }

    /// Every file is as it was signed, and none more is there.
    fn against(&self, manifest: &Manifest, outcome: &mut Outcome) {
        for (name, hash) in &manifest.files {
            match self.hash(name) {
                Ok(found) if found == *hash => {}
                Ok(_) => outcome.fault(name, "was changed since it was exported"),
                Err(error) => outcome.fault(name, error.to_string()),
            }
        }
        for name in self.files.iter().filter(|name| *name != MANIFEST && !manifest.files.contains_key(*name)) {
            outcome.fault(name, "was not exported: somebody has put it there");
        }
    }
}

/// Whether the entries of the period are all there.
#[derive(Default)]
struct Period {
    inside: u64,
    around: BTreeSet<u64>,
    stray: Vec<u64>,
}

impl Period {
    fn see(&mut self, manifest: Option<&Manifest>, index: u64, record: &Record) {
        let Some(Manifest { from, to, entries: (first, end), .. }) = manifest else { return };
        if (*first..*end).contains(&index) {
            self.inside += 1;
        } else if record.time >= *from && record.time < *to {
            self.stray.push(index);
        }
        if index + 1 == *first || index == *end {
            self.around.insert(index);
        }
    }

    fn end(self, manifest: Option<&Manifest>, outcome: &mut Outcome, size: Option<u64>) {
        let (Some(Manifest { entries: (first, end), .. }), Some(size)) = (manifest, size) else { return };
        for index in self.stray {
            outcome.fault(format!("entry {index}"), "is of the period, and not among what was exported");
        }
        let around = [first.checked_sub(1), Some(*end).filter(|end| *end < size)];
        let is_around = around.into_iter().flatten().all(|index| self.around.contains(&index));
        if Some(self.inside) != end.checked_sub(*first) || !is_around {
            outcome.fault(
                "log/tile/entries",
                format!("not all entries from {first} to before {end}, and those around them, are there"),
            );
        }
    }
}

impl Evidence for Bundle {
    fn checkpoint(&self) -> io::Result<String> {
        self.text("log/checkpoint")
    }

    fn tile(&self, tile: Tile) -> io::Result<Option<Vec<u8>>> {
        let name = format!("log/{tile}");
        if self.files.contains(&name) { self.read(&name).map(Some) } else { Ok(None) }
    }

    fn said(&self, index: u64) -> io::Result<Said> {
        let Some(opening) = self.openings.get(&index) else { return Ok(Said::Withheld) };
        if opening.erased {
            return Ok(Said::Erased);
        }
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "its line among the openings is damaged");
        let salt = opening.salt().ok_or_else(damaged)?;
        let key = opening.key().map_err(|()| damaged())?;
        let content = self.read(&content_of(index))?;
        let (form, text) = if opening.packed {
            let packed = self.read(&packed_of(index))?;
            // What is read is what is proven.
            if seal::unpack(&packed).ok().as_ref() != Some(&content) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "what is readable is not what is packed"));
            }
            (Form::Packed, packed)
        } else {
            (Form::Whole, content)
        };
        // Encrypting again gives the same bytes: a key is used once.
        let kept = seal::kept(form, &text, key.as_ref());
        Ok(Said::Whole { salt, kept, key })
    }

    fn witnessed(&self) -> io::Result<Vec<(String, String)>> {
        let names = self.files.iter().filter_map(|name| name.strip_prefix("log/"));
        let names = names.filter(|name| name.starts_with("witness/"));
        names.map(|name| Ok((name.to_owned(), self.text(&format!("log/{name}"))?))).collect()
    }

    fn stamped(&self) -> io::Result<Vec<stamps::Kept>> {
        stamps::read(self.files.iter().filter_map(|name| name.strip_prefix("log/")), |name| {
            self.read(&format!("log/{name}"))
        })
    }

    fn present(&self) -> Option<Vec<Tile>> {
        Some(self.files.iter().filter_map(|name| name.strip_prefix("log/")?.parse().ok()).collect())
    }
}

/// Files below a folder. Links are not followed: they count as files, and are none that can be read.
fn list(root: &Path, below: &str, files: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            list(root, &path, files)?;
        } else if files.len() < MOST_FILES {
            files.insert(path);
        }
    }
    Ok(())
}

fn hash_of(path: &Path) -> io::Result<String> {
    if !path.symlink_metadata()?.is_file() {
        return Err(io::Error::other("is no ordinary file"));
    }
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut buffer)?;
        match buffer.get(..count) {
            Some(bytes) if count > 0 => hash.update(bytes),
            _ => return Ok(hex(&hash.finalize().into())),
        }
    }
}

pub(in crate::folder) fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
