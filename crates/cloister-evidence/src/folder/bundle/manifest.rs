//! The signed list of what is in a bundle.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// Its first line: no log is called so, and no head begins so.
const MARK: &str = "cloister.dev/evidence/bundle/v1";

/// What is in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Of which log.
    pub origin: String,
    /// For which framework.
    pub framework: String,
    /// The period: from this moment …
    pub from: Timestamp,
    /// … to before this one.
    pub to: Timestamp,
    /// Its first entry, and the one behind its last.
    pub entries: (u64, u64),
    /// Each file below the bundle's folder, with the SHA-256 of it, in hex.
    pub files: BTreeMap<String, String>,
}

/// A text that is no manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the manifest of a bundle")]
pub struct NoManifest;

impl fmt::Display for Manifest {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{MARK}\nlog {}\nframework {}", self.origin, self.framework)?;
        writeln!(to, "from {}\nto {}\nentries {} {}", self.from, self.to, self.entries.0, self.entries.1)?;
        self.files.iter().try_for_each(|(path, hash)| writeln!(to, "file {hash} {path}"))
    }
}

impl FromStr for Manifest {
    type Err = NoManifest;

    fn from_str(text: &str) -> Result<Manifest, NoManifest> {
        let read = read(text).ok_or(NoManifest)?;
        // There is one way to write each.
        if read.to_string() == text { Ok(read) } else { Err(NoManifest) }
    }
}

fn read(text: &str) -> Option<Manifest> {
    let mut lines = text.lines();
    lines.next().filter(|line| *line == MARK)?;
    let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let origin = field("log")?.to_owned();
    let framework = field("framework")?.to_owned();
    let (from, to) = (field("from")?.parse().ok()?, field("to")?.parse().ok()?);
    let (first, end) = field("entries")?.split_once(' ')?;
    let entries = (first.parse().ok()?, end.parse().ok()?);
    let file = |line: &str| {
        let (hash, path) = line.strip_prefix("file ")?.split_once(' ')?;
        is_below(path).then(|| (path.to_owned(), hash.to_owned()))
    };
    let files = lines.map(file).collect::<Option<_>>()?;
    Some(Manifest { origin, framework, from, to, entries, files })
}

/// Whether a path stays in its folder.
pub(super) fn is_below(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
