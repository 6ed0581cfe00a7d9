//! What is kept over restarts: what is usual, in a file that is replaced as a whole; and the keys of allow-lists.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cloister_detect::keyed::Keys;
use cloister_dlp::Baselines;
use cloister_extproc::Office;
use cloister_source::keys::KeyFile;

/// How often it is written.
const EVERY: Duration = Duration::from_secs(300);
/// A larger file is none of ours.
const MOST: u64 = 64 << 20;

/// A file of what is usual.
pub struct Kept {
    file: PathBuf,
    written: Instant,
}

impl Kept {
    /// One that is written to.
    pub fn new(file: PathBuf) -> Kept {
        Kept { file, written: Instant::now() }
    }

    /// Reads it, if it is there. What was torn is told, and learnt anew.
    ///
    /// # Errors
    /// It cannot be read, or is something else, which must not be overwritten.
    pub fn open(file: PathBuf, office: &Office) -> Result<Kept> {
        let shown = file.display();
        match std::fs::metadata(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::new(file)),
            Ok(about) if about.is_file() && about.len() <= MOST => {}
            Ok(_) => bail!("{shown} is no file of baselines: name another, or take it away"),
            Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("{shown} cannot be read"))?;
        match Baselines::read(&text) {
            Ok(baselines) => office.remember(baselines),
            Err(torn @ cloister_dlp::Unreadable::Torn) => {
                eprintln!("warning: {shown}: {torn}; what is usual is learnt anew");
            }
            Err(other) => bail!("{shown}: {other}: name another, or take it away"),
        }
        Ok(Kept::new(file))
    }

    /// Writes it now and then.
    pub fn write_when_due(&mut self, office: &Office) {
        if self.written.elapsed() >= EVERY {
            self.written = Instant::now();
            self.write(office);
        }
    }

    /// Replaces it as a whole, for its owner alone.
    pub fn write(&self, office: &Office) {
        let beside = self.file.with_extension("new");
        let written = write(&beside, &office.baselines()).and_then(|()| std::fs::rename(&beside, &self.file));
        if let Err(error) = written {
            let cause = error.to_string();
            let cause = cloister_source::without_number(&cause);
            eprintln!("warning: {} cannot be written: {cause}; what is usual is kept in memory", self.file.display());
        }
    }
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut opened = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    opened.write_all(text.as_bytes())
}

/// The keys of a file.
///
/// # Errors
/// It is no such file, others may read it, or a key's day is over.
pub fn keys(file: &Path) -> Result<Arc<Keys>> {
    let today = jiff::Zoned::now().date();
    let keys = KeyFile::read(file).and_then(|keys| keys.keys(file, today));
    match keys {
        Ok(keys) => Ok(Arc::new(keys)),
        Err(error) => bail!("{}; {}", error.cause, error.help),
    }
}
