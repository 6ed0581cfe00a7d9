//! What is usual, kept over restarts: in a file that was opened while there were rights, and is written in its place.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use cloister_dlp::{Baselines, Unreadable};

/// How often it is written.
const EVERY: Duration = Duration::from_secs(300);
/// A larger file is none of ours.
const MOST: u64 = 64 << 20;

/// The file, and what it held.
pub struct File {
    path: PathBuf,
    file: std::fs::File,
    length: usize,
    read: Option<Baselines>,
    written: Instant,
}

impl File {
    /// Opens it, or makes it, for its owner alone. What was torn is told, and learnt anew.
    pub fn open(path: &Path) -> anyhow::Result<File> {
        use std::os::unix::fs::OpenOptionsExt;
        let shown = path.display();
        let mut options = std::fs::OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let mut file = opened.with_context(|| format!("failed to open {shown}"))?;
        let about = file.metadata().with_context(|| format!("failed to open {shown}"))?;
        if !about.is_file() || about.len() > MOST {
            bail!("{shown} is no file of baselines: name another, or take it away");
        }
        let mut text = String::new();
        file.read_to_string(&mut text).with_context(|| format!("failed to read {shown}"))?;
        let read = match Baselines::read(&text) {
            Ok(read) => read,
            Err(torn @ Unreadable::Torn) => {
                eprintln!("warning: {shown}: {torn}; what is usual is learnt anew");
                Baselines::default()
            }
            Err(other) => bail!("{shown}: {other}: name another, or take it away"),
        };
        Ok(File { path: path.to_owned(), file, length: text.len(), read: Some(read), written: Instant::now() })
    }

    /// What it held; once.
    pub fn take(&mut self) -> Baselines {
        self.read.take().unwrap_or_default()
    }

    /// Whether it is to be written again.
    pub fn is_due(&self) -> bool {
        self.written.elapsed() >= EVERY
    }

    /// Writes it in its place: blanks cover what was longer, and its sum tells whether it was written to its end.
    pub fn write(&mut self, baselines: &Baselines) {
        self.written = Instant::now();
        let mut text = baselines.write();
        let (new, old) = (text.len(), self.length);
        text.extend(std::iter::repeat_n(' ', old.saturating_sub(new)));
        self.length = text.len();
        let written = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.write_all(text.as_bytes()));
        if written.is_err() {
            eprintln!("warning: {} cannot be written; what is usual is kept in memory", self.path.display());
        }
    }
}
