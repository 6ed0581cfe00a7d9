//! Values and places that are known.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};

use super::sort::{Sort, sorts};
use super::{Allow, Faults};
use crate::detection::Detection;
use crate::keyed::Keys;

/// Larger patterns are refused, in bytes of their program.
pub const MOST: usize = 1 << 20;

/// A value where it was met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Its bytes.
    pub value: &'a [u8],
    /// The file or the flow.
    pub file: &'a str,
    /// The place within.
    pub path: &'a str,
    /// The keys by which it is compared.
    pub keys: Option<&'a Keys>,
}

/// One entry.
#[derive(Debug)]
pub struct Allowed {
    pub reason: String,
    hashes: Vec<String>,
    patterns: Vec<Regex>,
    domains: Vec<String>,
    files: Option<GlobSet>,
    paths: Option<GlobSet>,
    of: Vec<Sort>,
}

impl Allowed {
    /// Whether it speaks of this detection.
    pub fn fits(&self, detection: &Detection, seen: &Seen<'_>) -> bool {
        let of = self.of.is_empty() || self.of.iter().any(|sort| sort.fits(detection));
        let within = |globs: &Option<GlobSet>, place: &str| globs.as_ref().is_none_or(|globs| globs.is_match(place));
        of && within(&self.files, seen.file) && within(&self.paths, seen.path) && self.knows(seen)
    }

    /// Whether it compares keyed hashes.
    pub fn needs_keys(&self) -> bool {
        !self.hashes.is_empty()
    }

    fn knows(&self, seen: &Seen<'_>) -> bool {
        let any = self.hashes.is_empty() && self.patterns.is_empty() && self.domains.is_empty();
        any || self.by_domain(seen.value) || self.by_pattern(seen.value) || self.by_hash(seen)
    }

    fn by_domain(&self, value: &[u8]) -> bool {
        let text = String::from_utf8_lossy(value).to_ascii_lowercase();
        let Some((_, domain)) = text.rsplit_once('@') else { return false };
        let fits =
            |own: &String| domain.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.domains.iter().any(fits)
    }

    fn by_pattern(&self, value: &[u8]) -> bool {
        let text = String::from_utf8_lossy(value);
        self.patterns.iter().any(|pattern| pattern.is_match(text.trim()))
    }

    fn by_hash(&self, seen: &Seen<'_>) -> bool {
        let Some(keys) = seen.keys.filter(|_| !self.hashes.is_empty()) else { return false };
        keys.all(seen.value).any(|hash| self.hashes.contains(&hash))
    }
}

/// All entries.
pub fn all(entries: &[Allow], own: &[&str], faults: &mut Faults) -> Vec<Allowed> {
    entries.iter().enumerate().map(|(index, entry)| one(entry, own, &format!("allow[{index}]"), faults)).collect()
}

fn one(entry: &Allow, own: &[&str], path: &str, faults: &mut Faults) -> Allowed {
    if entry.reason.trim().is_empty() {
        faults.add(format!("{path}.reason"), "is missing", "say why this is no finding: others will ask");
    }
    let lists = [&entry.hashes, &entry.patterns, &entry.domains, &entry.files, &entry.paths, &entry.of]
        .iter()
        .all(|list| list.is_empty());
    if lists {
        faults.add(path, "allows everything", "name hashes, patterns, domains, files, paths, or categories in `of`");
    }
    for hash in entry.hashes.iter().filter(|hash| !is_hash(hash)) {
        let shown = if hash.contains(':') { "an entry" } else { "an entry without a key's name" };
        faults.add(
            format!("{path}.hashes"),
            format!("{shown} is no keyed hash"),
            "`cloister detect key hash` makes one: KEY:HEX",
        );
    }
    Allowed {
        reason: entry.reason.clone(),
        hashes: entry.hashes.clone(),
        patterns: entry.patterns.iter().filter_map(|text| pattern(text, &format!("{path}.patterns"), faults)).collect(),
        domains: entry.domains.iter().map(|domain| domain.trim_start_matches('@').to_ascii_lowercase()).collect(),
        files: globs(&entry.files, &format!("{path}.files"), faults),
        paths: globs(&entry.paths, &format!("{path}.paths"), faults),
        of: sorts(&entry.of, own, &format!("{path}.of"), faults),
    }
}

fn is_hash(text: &str) -> bool {
    let hex = |hex: &str| hex.len() == 32 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    text.split_once(':').is_some_and(|(key, digits)| !key.is_empty() && hex(digits))
}

fn pattern(text: &str, path: &str, faults: &mut Faults) -> Option<Regex> {
    let built = RegexBuilder::new(&format!("^(?:{text})$")).size_limit(MOST).dfa_size_limit(MOST).build();
    built.map_err(|error| faults.add(path, cause(&error), "write it as docs.rs/regex says, and shorter")).ok()
}

/// Why a pattern cannot be used, in one line and without the pattern.
pub fn cause(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("this pattern needs more than {} KiB", limit >> 10),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or("it cannot be read");
            format!("this pattern cannot be read: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    }
}

fn globs(texts: &[String], path: &str, faults: &mut Faults) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for text in texts {
        match GlobBuilder::new(text).literal_separator(true).build() {
            Ok(glob) => drop(set.add(glob)),
            Err(error) => faults.add(
                path,
                format!("this glob cannot be read: {}", error.kind()),
                "it takes *, **, ?, [ab] and {a,b}",
            ),
        }
    }
    set.build().ok().filter(|_| !texts.is_empty())
}
