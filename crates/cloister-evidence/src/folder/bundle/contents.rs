//! The files of a bundle, before they are written: in memory, so that what is disclosed stands nowhere but where it is asked for.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::manifest::is_below;
use super::{Bundle, Manifest};
use crate::folder::{Fault, at};

/// Each file's path below the bundle, and what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents(pub(super) Arc<BTreeMap<String, Vec<u8>>>);

impl Contents {
    /// How many files there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// As an auditor sees it.
    pub fn bundle(&self) -> Bundle {
        Bundle::of(self.0.clone())
    }

    /// What is in it, as it says itself.
    pub fn manifest(&self) -> Option<Manifest> {
        let note = crate::Note::read(std::str::from_utf8(self.0.get(super::MANIFEST)?).ok()?).ok()?;
        note.text().parse().ok()
    }

    /// Writes it into a folder that is not there yet.
    pub fn write(&self, to: &Path) -> Result<(), Fault> {
        if to.symlink_metadata().is_ok() {
            return Err(Fault::Exists(to.to_owned()));
        }
        for (name, bytes) in &*self.0 {
            let path = to.join(name);
            let folder = path.parent().unwrap_or(to);
            fs::create_dir_all(folder).map_err(at(folder))?;
            fs::write(&path, bytes).map_err(at(&path))?;
        }
        Ok(())
    }

    /// As one file: a tar, packed by gzip, with everything below a folder of this name. The same contents give the same bytes.
    pub fn pack(&self, folder: &str) -> io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        for (name, bytes) in &*self.0 {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            tar.append_data(&mut header, format!("{folder}/{name}"), &bytes[..])?;
        }
        tar.into_inner()?.finish()
    }

    /// Reads what [`Contents::pack`] has made, of so many bytes at most. Nothing in it leads out of its folder.
    pub fn unpack(packed: &[u8], most: u64) -> io::Result<Contents> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        // Heads and padding of the tar count, too.
        let mut tar = tar::Archive::new(GzDecoder::new(packed).take(most));
        let mut all = BTreeMap::new();
        for entry in tar.entries()? {
            let mut entry = entry?;
            let path = entry.path()?.to_str().map(str::to_owned).unwrap_or_default();
            let name = path.split_once('/').map(|(_, name)| name.to_owned()).filter(|_| is_below(&path));
            let name = name.filter(|_| entry.header().entry_type().is_file());
            // Before it is read: a sparse file comes to as many zeros as it says.
            let name = name.ok_or_else(|| wrong("it holds what is no file of a bundle"))?;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            all.insert(name, bytes);
        }
        if all.contains_key(super::MANIFEST) { Ok(Contents(Arc::new(all))) } else { Err(wrong("it holds no bundle")) }
    }
}
