//! What tshark reads in a capture.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// How often each was there.
pub(super) type Counted = BTreeMap<Vec<u8>, usize>;

fn run(capture: &Path, spoken: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(["-d", &format!("tcp.port==80,{spoken}")])
        .args(arguments)
        .output();
    let output = output.context("failed to start tshark: is it installed?")?;
    if !output.status.success() {
        bail!("tshark failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Requests as `GET /path`, answers by their number.
pub(super) fn messages(capture: &Path, spoken: &str) -> Result<Counted> {
    let fields = match spoken {
        "http" => ["http.request.method", "http.request.uri", "http.response.code"],
        _ => ["http2.headers.method", "http2.headers.path", "http2.headers.status"],
    };
    let mut arguments = vec!["-T", "fields", "-E", "separator=|", "-E", "aggregator=;"];
    fields.iter().for_each(|field| arguments.extend(["-e", field]));
    let mut counted = Counted::new();
    for line in run(capture, spoken, &arguments)?.lines() {
        let mut columns = line.split('|').map(|column| column.split(';').filter(|value| !value.is_empty()));
        let (Some(methods), Some(uris), Some(codes)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        methods.zip(uris).for_each(|(method, uri)| count(&mut counted, format!("{method} {uri}")));
        codes.for_each(|code| count(&mut counted, code.to_owned()));
    }
    Ok(counted)
}

fn count(counted: &mut Counted, what: String) {
    *counted.entry(what.into_bytes()).or_default() += 1;
}

/// Bodies after their codings.
pub(super) fn bodies(capture: &Path, spoken: &str) -> Result<Counted> {
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    let objects = format!("http,{}", folder.path().display());
    run(capture, spoken, &["-q", "--export-objects", &objects])?;
    let mut counted = Counted::new();
    for entry in std::fs::read_dir(folder.path()).context("tshark wrote nothing")? {
        let body = std::fs::read(entry.context("failed to list")?.path()).context("failed to read a body")?;
        if !body.is_empty() {
            *counted.entry(body).or_default() += 1;
        }
    }
    Ok(counted)
}
