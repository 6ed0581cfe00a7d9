//! What tshark reads in a capture.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How often each was there.
pub(super) type Counted = BTreeMap<Vec<u8>, usize>;

fn run(capture: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("tshark").arg("-r").arg(capture).args(arguments).output();
    let output = output.context("failed to start tshark: is it installed?")?;
    if !output.status.success() {
        bail!("tshark failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Requests as `GET /path`, answers by their number.
pub(super) fn messages(capture: &Path) -> Result<Counted> {
    let mut counted = Counted::new();
    let text = run(capture, &["-T", "json", "-J", "http http2", "--no-duplicate-keys"])?;
    let packets: Vec<Value> = serde_json::from_str(&text).context("tshark writes no JSON")?;
    for packet in &packets {
        let layers = packet.pointer("/_source/layers").unwrap_or(&Value::Null);
        for name in ["http", "http2"] {
            for layer in each(layers.get(name).unwrap_or(&Value::Null)) {
                collect(layer, &mut counted);
            }
        }
    }
    Ok(counted)
}

fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(all) => all,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// What stands in a layer, however deep.
fn collect(layer: &Value, counted: &mut Counted) {
    match layer {
        Value::Array(all) => all.iter().for_each(|one| collect(one, counted)),
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let request = text("http.request.method").zip(text("http.request.uri"));
            let request = request.or_else(|| text("http2.headers.method").zip(text("http2.headers.path")));
            if let Some((method, uri)) = request {
                count(counted, format!("{method} {uri}"));
            }
            if let Some(status) = text("http.response.code").or_else(|| text("http2.headers.status")) {
                count(counted, status.to_owned());
            }
            for (name, inner) in fields {
                if !name.ends_with("_tree") || name.contains("request") || name.contains("stream") {
                    collect(inner, counted);
                }
            }
        }
        _ => {}
    }
}

fn count(counted: &mut Counted, what: String) {
    *counted.entry(what.into_bytes()).or_default() += 1;
}

/// Bodies after their codings.
pub(super) fn bodies(capture: &Path) -> Result<Counted> {
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    let objects = format!("http,{}", folder.path().display());
    run(capture, &["-q", "--export-objects", &objects])?;
    let mut counted = Counted::new();
    for entry in std::fs::read_dir(folder.path()).context("tshark wrote nothing")? {
        let body = std::fs::read(entry.context("failed to list")?.path()).context("failed to read a body")?;
        if !body.is_empty() {
            *counted.entry(body).or_default() += 1;
        }
    }
    Ok(counted)
}
