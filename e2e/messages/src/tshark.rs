//! What tshark reads in a capture.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// How often each was there.
pub(crate) type Counted = BTreeMap<Vec<u8>, usize>;

/// What stands between fields, and between values of one field: no text of ours holds them.
const FIELDS: char = '\u{1f}';
const VALUES: char = '\u{1e}';

/// A capture, and how it is read.
pub(crate) struct Capture<'a> {
    path: &'a Path,
    /// As `-d` has it: `tcp.port==5432,pgsql`.
    decode: String,
}

impl<'a> Capture<'a> {
    pub(crate) fn new(path: &'a Path, transport: &str, port: u16, spoken: &str) -> Capture<'a> {
        Capture { path, decode: format!("{transport}.port=={port},{spoken}") }
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("tshark");
        command.arg("-n").arg("-r").arg(self.path).args(["-d", &self.decode]).args(arguments);
        // What is random looks like anything.
        command.args(["-o", "tcp.try_heuristic_first:FALSE", "-o", "tcp.check_checksum:FALSE"]);
        let output = command.stdin(Stdio::null()).output().context("failed to start tshark: is it installed?")?;
        if !output.status.success() {
            bail!("tshark failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Of each packet that a filter takes, the values of these fields.
    pub(crate) fn fields(&self, filter: &str, fields: &[&str]) -> Result<Vec<Vec<Vec<String>>>> {
        let (separator, aggregator) = (format!("separator={FIELDS}"), format!("aggregator={VALUES}"));
        let mut arguments = vec!["-Y", filter, "-T", "fields", "-E", &separator, "-E", &aggregator];
        fields.iter().for_each(|field| arguments.extend(["-e", field]));
        let values = |column: &str| column.split(VALUES).filter(|value| !value.is_empty()).map(str::to_owned).collect();
        let lines = self.run(&arguments)?;
        Ok(lines.lines().map(|line| line.split(FIELDS).map(values).collect()).collect())
    }

    /// How often each value of a field stands in the packets that a filter takes.
    pub(crate) fn counted(&self, filter: &str, field: &str) -> Result<Counted> {
        let mut counted = Counted::new();
        for value in self.fields(filter, &[field])?.into_iter().flatten().flatten() {
            count(&mut counted, value);
        }
        Ok(counted)
    }

    /// Bodies of HTTP after their codings.
    pub(crate) fn bodies(&self) -> Result<Counted> {
        let folder = tempfile::tempdir().context("failed to make a folder")?;
        let objects = format!("http,{}", folder.path().display());
        self.run(&["-q", "--export-objects", &objects])?;
        let mut counted = Counted::new();
        for entry in std::fs::read_dir(folder.path()).context("tshark wrote nothing")? {
            let body = std::fs::read(entry.context("failed to list")?.path()).context("failed to read a body")?;
            if !body.is_empty() {
                *counted.entry(body).or_default() += 1;
            }
        }
        Ok(counted)
    }
}

/// One more of it.
pub(crate) fn count(counted: &mut Counted, what: impl Into<Vec<u8>>) {
    *counted.entry(what.into()).or_default() += 1;
}

/// Bytes that are written as hexadecimal digits, with or without colons.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
