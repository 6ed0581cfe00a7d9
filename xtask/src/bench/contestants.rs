//! Who takes part, and how each is asked to look at the same files.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::corpus::Corpus;
use super::{ROUNDS, SLOW_ROUNDS};
use crate::cargo::project;

/// The checkov that takes part.
const CHECKOV: &str = "3.3.30";

/// A program and how it is called.
pub struct Contestant {
    /// Its name and version.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// What it is given.
    pub arguments: Vec<OsString>,
    /// How often it runs.
    pub rounds: usize,
}

/// All of them, ours first.
pub fn all(corpus: &Corpus) -> Result<Vec<Contestant>> {
    cloister_tools::build()?;
    let mut scored: Vec<OsString> = vec!["score".into()];
    scored.extend(corpus.files.iter().map(OsString::from));
    let files = ["--directory".into(), OsString::from(&corpus.folder)];
    let quiet = ["--framework", "kubernetes", "--skip-download", "--quiet", "--compact"].map(OsString::from);
    Ok(vec![
        Contestant { name: "cloister".into(), program: cloister()?, arguments: scan(corpus), rounds: ROUNDS },
        Contestant {
            name: "kube-score 1.20.0".into(),
            program: cloister_tools::path("kube-score")?,
            arguments: scored,
            rounds: ROUNDS,
        },
        Contestant {
            name: format!("checkov {CHECKOV}"),
            program: checkov()?,
            arguments: files.into_iter().chain(quiet).collect(),
            rounds: SLOW_ROUNDS,
        },
    ])
}

/// The release binary.
pub fn cloister() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), PathBuf::from);
    let path = target.join("release/cloister");
    ensure!(path.is_file(), "{} was not built", path.display());
    Ok(path)
}

/// A scan of these files: every check and every framework, which is what it does unasked.
pub fn scan(corpus: &Corpus) -> Vec<OsString> {
    vec!["scan".into(), "--fail-on".into(), "never".into(), OsString::from(&corpus.folder)]
}

/// checkov, installed once into a Python environment in the user's cache.
fn checkov() -> Result<PathBuf> {
    Ok(cloister_tools::python(("checkov", CHECKOV))?.join("bin/checkov"))
}
