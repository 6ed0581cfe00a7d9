//! Files that are there whole or not at all, also after the power fails.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// So many files are open at once, at most.
const MOST_OPEN: usize = 128;

/// Files that were written, and the folders that do not yet know of them for sure.
#[derive(Debug, Default)]
pub(crate) struct Writing {
    folders: BTreeSet<PathBuf>,
    /// Written beside their places: waiting for all of them at once takes hardly longer than waiting for one.
    beside: Vec<(File, PathBuf, PathBuf)>,
}

impl Writing {
    /// Writes a file in the place of what was there; it is there once [`Writing::settle`] has ended.
    pub(crate) fn put(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.make(folder)?;
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        self.beside.push((file, beside, path.to_owned()));
        if self.beside.len() < MOST_OPEN { Ok(()) } else { self.place() }
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

    /// Puts what is on the disk beside its place into it.
    fn place(&mut self) -> io::Result<()> {
        for (file, ..) in &self.beside {
            file.sync_data()?;
        }
        for (_, beside, path) in self.beside.drain(..) {
            fs::rename(&beside, &path)?;
            self.folders.extend(path.parent().map(Path::to_owned));
        }
        Ok(())
    }

    /// What was written is there from now on.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        self.place()?;
        std::mem::take(&mut self.folders).iter().try_for_each(|folder| File::open(folder)?.sync_all())
    }
}
