//! `cloister evidence verify`: whether everything is as it was recorded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cloister_evidence::Verifier;
use cloister_evidence::folder::bundle::{Bundle, Manifest};
use cloister_evidence::folder::{Reader, read_verifier};
use cloister_evidence::verify::{Outcome, Seen, With, verify};
use cloister_report::clean;
use serde_json::json;

use super::args::{Format, Verify};
use super::count;
use super::open::{is_log, wrong};
use crate::output::print;
use crate::table::indented;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// Checks, and says what came of it.
pub fn run(asked: &Verify, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let key = read_verifier(&asked.key).map_err(|fault| wrong(&fault))?;
    let witnesses = asked.witness.iter().map(|file| read_verifier(file)).collect::<Result<Vec<Verifier>, _>>();
    let witnesses = witnesses.map_err(|fault| wrong(&fault))?;
    let older = heads(&asked.since)?;
    let with = With { key: &key, witnesses: &witnesses, older: &older };
    let (manifest, outcome) = check(&asked.path, with)?;
    print(&match asked.output {
        Format::Json => document(&asked.path, manifest.as_ref(), &outcome),
        Format::Text => text(manifest.as_ref(), &key, &outcome, terminal.width()),
    })?;
    Ok(ExitCode::from(u8::from(!outcome.holds())))
}

/// Heads that were kept, with the names of their files.
pub fn heads(files: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    let read = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).map_err(|error| {
            let why = cloister_source::without_number(&error.to_string()).to_owned();
            failure(format!("{}: {why}", file.display()), "name a copy of a log's file \"checkpoint\"")
        })?;
        Ok((file.display().to_string(), text))
    };
    files.iter().map(read).collect()
}

fn check(path: &Path, with: With<'_>) -> anyhow::Result<(Option<Manifest>, Outcome)> {
    if Bundle::is_one(path) {
        let cannot = |error: std::io::Error| {
            let why = cloister_source::without_number(&error.to_string()).to_owned();
            failure(format!("{}: {why}", path.display()), "make it readable")
        };
        let checked = Bundle::open(path).map_err(cannot)?.check(with, |_, _, _| {});
        return Ok((checked.manifest, checked.outcome));
    }
    if !is_log(path) {
        let cause = format!("{} is neither a log nor a bundle", path.display());
        return Err(failure(
            cause,
            "name a folder that cloister scan --record or cloister evidence export has written",
        ));
    }
    Ok((None, verify(&Reader::new(path), with, |_, _, _| {})))
}

/// What was found, for machines.
fn document(path: &Path, manifest: Option<&Manifest>, outcome: &Outcome) -> String {
    let seen = |all: &[Seen]| -> Vec<_> {
        all.iter().map(|one| json!({ "by": one.by, "entries": one.size, "time": one.time })).collect()
    };
    let faults: Vec<_> = outcome.faults.iter().map(|one| json!({ "place": one.place, "what": one.what })).collect();
    let document = json!({
        "path": path.display().to_string(),
        "holds": outcome.holds(),
        "log": outcome.head.as_ref().map(|head| head.origin.clone()),
        "entries": outcome.head.as_ref().map(|head| head.size),
        "root": outcome.head.as_ref().map(|head| head.root.to_string()),
        "bundle": manifest.map(|it| json!({
            "framework": it.framework, "from": it.from, "to": it.to, "first": it.entries.0, "end": it.entries.1,
        })),
        "checked": {
            "entries": outcome.entries, "payloads": outcome.whole, "encrypted": outcome.sealed,
            "erased": outcome.erased, "withheld": outcome.withheld,
        },
        "older": seen(&outcome.older),
        "witnesses": seen(&outcome.witnesses),
        "faults": faults,
        "moreFaults": outcome.more,
    });
    cloister_report::json::value(&document)
}

fn text(manifest: Option<&Manifest>, key: &Verifier, outcome: &Outcome, width: usize) -> String {
    let mut text = String::from("\n");
    let mut line = |word: &str, said: &str| text.push_str(&hung(word, said, width));
    if let Some(head) = &outcome.head {
        line("held", &format!("the head is signed by {}: {}", clean(key.name()), count(head.size, "entry", "entries")));
    }
    if let Some(it) = manifest {
        let said = format!("the bundle is what was exported for {} from {} to before {}", it.framework, it.from, it.to);
        line("held", &said);
    }
    if outcome.head.is_some() {
        held(outcome, &mut line);
    }
    for fault in &outcome.faults {
        line("BROKEN", &format!("{}: {}", fault.place, fault.what));
    }
    if outcome.more > 0 {
        line("BROKEN", &format!("{} more; not everything was looked at", outcome.more));
    }
    text.push('\n');
    text.push_str(&indented(&last(outcome), 1, 0, width));
    text
}

/// What of it is as it was recorded.
fn held(outcome: &Outcome, line: &mut impl FnMut(&str, &str)) {
    if outcome.holds() {
        let times = outcome.times.map(|(first, last)| format!(", recorded from {first:.0} to {last:.0}"));
        let entries = count(outcome.entries, "entry leads", "entries lead");
        line("held", &format!("{entries} to it{}", times.unwrap_or_default()));
        line("held", &format!("{} what was recorded", count(outcome.whole, "payload is", "payloads are")));
    }
    let some = |number: u64, one: &str, many: &str| (number > 0).then(|| count(number, one, many));
    for told in [
        some(
            outcome.erased,
            "payload is erased, as the log itself says",
            "payloads are erased, as the log itself says",
        ),
        some(outcome.withheld, "payload is not in what is checked", "payloads are not in what is checked"),
        some(
            outcome.sealed,
            "payload is encrypted: that it is unchanged shows, not what it says",
            "payloads are encrypted: that they are unchanged shows, not what they say",
        ),
    ] {
        told.into_iter().for_each(|told| line("", &told));
    }
    for older in &outcome.older {
        line("held", &format!("it goes on from {} ({})", older.by, count(older.size, "entry", "entries")));
    }
    for seen in &outcome.witnesses {
        let time = seen.time.map(|time| format!(" at {time}")).unwrap_or_default();
        line("held", &format!("{} has seen {}{time}", seen.by, count(seen.size, "entry", "entries")));
    }
}

fn last(outcome: &Outcome) -> String {
    match outcome.faults.len() as u64 + outcome.more {
        0 if outcome.older.is_empty() && outcome.witnesses.is_empty() => {
            "Everything is as it was recorded. That nothing was cut off its end, a head that you kept \
             shows (--since), or a witness (--witness)."
                .to_owned()
        }
        0 => "Everything is as it was recorded.".to_owned(),
        number => format!("Exit 1: {} not as it was recorded", count(number, "thing is", "things are")),
    }
}

/// A word, and beside it what is said of it.
fn hung(word: &str, said: &str, width: usize) -> String {
    let lines = crate::table::wrap(&clean(said), width.saturating_sub(10));
    let words = std::iter::once(word).chain(std::iter::repeat(""));
    lines.iter().zip(words).map(|(line, word)| format!(" {word:<7} {line}\n")).collect()
}
