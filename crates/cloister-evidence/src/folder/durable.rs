//! Files that are there whole or not at all, also after the power fails.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Files that were written, and the folders that do not yet know of them for sure.
#[derive(Debug, Default)]
pub(super) struct Writing {
    folders: BTreeSet<PathBuf>,
}

impl Writing {
    /// Writes a file in the place of what was there.
    pub(super) fn put(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.make(folder)?;
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&beside, path)?;
        self.folders.insert(folder.to_owned());
        Ok(())
    }

    /// Makes a folder, and remembers those that have got something new by it.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make(above)?;
            self.folders.insert(above.to_owned());
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// What was written is there from now on.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        std::mem::take(&mut self.folders).iter().try_for_each(|folder| File::open(folder)?.sync_all())
    }
}
