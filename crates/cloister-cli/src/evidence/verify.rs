//! `cloister evidence verify`: whether everything is as it was recorded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cloister_evidence::Verifier;
use cloister_evidence::folder::bundle::{Bundle, Manifest};
use cloister_evidence::folder::{Reader, read_verifier};
use cloister_evidence::timestamp::Authorities;
use cloister_evidence::verify::{Evidence, Outcome, Seen, Stamping, With, timestamps, verify};
use cloister_report::clean;
use jiff::Timestamp;
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
    let authorities = asked.timestamp_ca.as_deref().map(authorities).transpose()?;
    let stamping = authorities.as_ref().map(|it| Stamping { key: &key, authorities: it, now: Timestamp::now() });
    let (manifest, outcome) = check(&asked.path, with, stamping)?;
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

/// Authorities for time, of a file.
pub fn authorities(path: &Path) -> anyhow::Result<Authorities> {
    let cannot = |why: String| {
        let help = "name a file with the certificate of the authority that the timestamps lead to, in PEM";
        failure(format!("{}: {why}", path.display()), help)
    };
    let bytes = std::fs::read(path);
    let bytes = bytes.map_err(|error| cannot(cloister_source::without_number(&error.to_string()).to_owned()))?;
    Authorities::read(&bytes).map_err(|error| cannot(error.to_string()))
}

fn check(path: &Path, with: With<'_>, stamping: Option<Stamping<'_>>) -> anyhow::Result<(Option<Manifest>, Outcome)> {
    if Bundle::is_one(path) {
        let cannot = |error: std::io::Error| {
            let why = cloister_source::without_number(&error.to_string()).to_owned();
            failure(format!("{}: {why}", path.display()), "make it readable")
        };
        let bundle = Bundle::open(path).map_err(cannot)?;
        let mut checked = bundle.check(with, |_, _, _| {});
        stamped(&bundle, stamping, &mut checked.outcome);
        return Ok((checked.manifest, checked.outcome));
    }
    if !is_log(path) {
        let cause = format!("{} is neither a log nor a bundle", path.display());
        return Err(failure(
            cause,
            "name a folder that cloister scan --record or cloister evidence export has written",
        ));
    }
    let reader = Reader::new(path);
    let mut outcome = verify(&reader, with, |_, _, _| {});
    stamped(&reader, stamping, &mut outcome);
    Ok((None, outcome))
}

/// Checks the timestamps, where it is asked and there is a head to check them by.
fn stamped<E: Evidence>(evidence: &E, stamping: Option<Stamping<'_>>, outcome: &mut Outcome) {
    if let (Some(stamping), Some(head)) = (stamping, outcome.head.clone()) {
        timestamps(evidence, stamping, &head, outcome);
    }
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
        "timestamps": seen(&outcome.timestamps),
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
    for said in existed(&outcome.timestamps) {
        line("held", &said);
    }
}

/// By when which head was there: of each authority the first and the last, since a hub may have one every hour.
fn existed(stamps: &[Seen]) -> Vec<String> {
    let mut of: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    stamps.iter().for_each(|seen| of.entry(&seen.by).or_default().push(seen));
    let said = |seen: &Seen| {
        let time = seen.time.map(|time| time.to_string()).unwrap_or_default();
        format!("{} existed by {time}, says {}", count(seen.size, "entry", "entries"), seen.by)
    };
    let mut all = Vec::new();
    for stamps in of.values() {
        all.extend(stamps.first().map(|seen| said(seen)));
        let between = stamps.len().saturating_sub(2) as u64;
        let more = (between > 0).then(|| format!(", and {} between", count(between, "timestamp", "timestamps")));
        all.extend(stamps.iter().skip(1).last().map(|seen| said(seen) + &more.unwrap_or_default()));
    }
    all
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
