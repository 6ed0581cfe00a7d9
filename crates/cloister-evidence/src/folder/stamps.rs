//! Timestamps of heads, beside the log: for each the head that was stamped, and the token, in two files.
//!
//! A file's name has the head's size, and the SHA-256 of the token: a bit of it that changes shows, also where nobody has signed
//! it. The files are what was sent and what came, so that others check them, too: `openssl ts -verify -data NAME.head -in
//! NAME.tst -token_in -CAfile FILE`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::bundle::hex;
use super::durable::Writing;
use crate::{Checkpoint, Note};

/// The folder.
const FOLDER: &str = "timestamp";

/// A timestamp as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The token's file, below the log.
    pub name: String,
    /// The signed head; `None` where it is gone.
    pub head: Option<String>,
    /// The token.
    pub token: Vec<u8>,
}

impl Kept {
    /// How many entries the head has; `None` where it is none.
    pub fn size(&self) -> Option<u64> {
        let head: Checkpoint = Note::read(self.head.as_deref()?).ok()?.text().parse().ok()?;
        Some(head.size)
    }

    /// The head's file.
    pub(crate) fn head_name(&self) -> String {
        self.name.replace(".tst", ".head")
    }

    /// Whether its name is the one of these files.
    pub fn is_itself(&self) -> bool {
        self.size().is_some_and(|size| self.name == name_of(size, &self.token))
    }
}

fn name_of(size: u64, token: &[u8]) -> String {
    format!("{FOLDER}/{size:012}-{}.tst", hex(&Sha256::digest(token).into()))
}

/// Keeps the timestamp of a head. It takes no lock: its files are its own.
pub fn keep(log: &Path, head: &str, token: &[u8]) -> io::Result<PathBuf> {
    let mut kept = Kept { name: String::new(), head: Some(head.to_owned()), token: token.to_owned() };
    let size = kept.size().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this is no head of a log"))?;
    kept.name = name_of(size, token);
    // The head first: a token without one would count as damage.
    for (name, bytes) in [(kept.head_name(), head.as_bytes()), (kept.name.clone(), token)] {
        let mut writing = Writing::default();
        writing.put(&log.join(name), bytes)?;
        writing.settle()?;
    }
    Ok(log.join(&kept.name))
}

/// All timestamps of a log, the smallest head first.
pub fn all(log: &Path) -> io::Result<Vec<Kept>> {
    let folder = match fs::read_dir(log.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        folder => folder?,
    };
    let name = |file: io::Result<fs::DirEntry>| Ok(format!("{FOLDER}/{}", file?.file_name().to_string_lossy()));
    let mut names = folder.map(name).collect::<io::Result<Vec<String>>>()?;
    names.sort();
    read(names.iter().map(String::as_str), |name| fs::read(log.join(name)))
}

/// Those among these files, which are in order.
pub(crate) fn read<'a>(
    names: impl Iterator<Item = &'a str>,
    read: impl Fn(&str) -> io::Result<Vec<u8>>,
) -> io::Result<Vec<Kept>> {
    let mut all = Vec::new();
    for name in names.filter(|name| name.starts_with(FOLDER) && name.ends_with(".tst")) {
        let mut kept = Kept { token: read(name)?, name: name.to_owned(), head: None };
        kept.head = read(&kept.head_name()).ok().and_then(|text| String::from_utf8(text).ok());
        all.push(kept);
    }
    Ok(all)
}

/// How many entries the largest head has that is stamped; 0 where none is. It reads names alone.
pub fn last(log: &Path) -> u64 {
    let files = fs::read_dir(log.join(FOLDER)).into_iter().flatten().flatten();
    let size = |name: String| name.strip_suffix(".tst")?.split_once('-')?.0.parse().ok();
    files.filter_map(|file| size(file.file_name().to_string_lossy().into_owned())).max().unwrap_or(0)
}
