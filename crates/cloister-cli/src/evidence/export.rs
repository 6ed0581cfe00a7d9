//! `cloister evidence export`: what an auditor needs of a period.

use std::path::Path;
use std::process::ExitCode;

use cloister_evidence::folder::bundle::{Export, Selection, steadily};
use cloister_evidence::folder::{Fault, Keys, Snapshot};
use cloister_evidence::{Checkpoint, Note};
use cloister_report::evidence::{About, Content, Entry, Reading, files};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::args;
use super::open::told;
use super::{count, from_hub, open, verify};
use crate::output::print;
use crate::table::indented;
use crate::terminal::Terminal;
use crate::way_out::{did_you_mean, failure};

/// Writes it.
pub fn run(asked: &args::Export, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let Some(framework) = cloister_frameworks::by_name(&asked.framework) else {
        let help = did_you_mean(&asked.framework, cloister_frameworks::names());
        let help = help.unwrap_or_else(|| "cloister list frameworks shows them".to_owned());
        return Err(failure(format!("no framework is called \"{}\"", asked.framework), help));
    };
    if asked.to < asked.from {
        return Err(failure(format!("{} is before {}", asked.to, asked.from), "name the first day with --from"));
    }
    if asked.output.symlink_metadata().is_ok() {
        return Err(told(&Fault::Exists(asked.output.clone())));
    }
    let Some(path) = &asked.log else { return from_hub::run(asked) };
    let keys = open::keys(path, asked.keys.private_key.as_deref())?;
    let older = older(asked)?;
    let log = (path.as_path(), keys.signer.verifier());
    let mut entries = Vec::new();
    let period = (start(asked.from)?, start(asked.to.saturating_add(1.day()))?);
    let once = |snapshot: &Snapshot| {
        let selection = snapshot.select(period.0, period.1)?;
        entries = read((snapshot, &keys), &selection, &asked.framework)?;
        let about = about(asked, (&framework.title, &keys));
        let report = pdf(&about, &entries).map_err(|why| Fault::Report(why.to_string()))?;
        let files = files(&about, &entries, report);
        let (log, signer, sealer, older) = (snapshot, &keys.signer, keys.sealer.as_ref(), older.as_slice());
        let (framework, most) = (asked.framework.as_str(), u64::MAX);
        Export { log, signer, sealer, framework, selection, older, files, most }.contents()
    };
    let (made, holds) = steadily(log, once).map_err(|fault| told(&fault))?;
    made.write(&asked.output).map_err(|fault| told(&fault))?;
    print(&said((asked, path), &entries, made.count().saturating_sub(1), terminal.width()))?;
    if !holds {
        let cause = format!("{} is written, and does not hold as it is", asked.output.display());
        return Err(failure(cause, "cloister evidence verify tells what of the log was changed or lost"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What it says of itself.
fn about(asked: &args::Export, (title, keys): (&str, &Keys)) -> About {
    About {
        log: keys.signer.verifier().name().to_owned(),
        framework: asked.framework.clone(),
        title: title.to_owned(),
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        exported: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn start(day: Date) -> anyhow::Result<Timestamp> {
    Ok(day.to_zoned(TimeZone::UTC)?.timestamp())
}

/// Heads that the auditor has kept.
fn older(asked: &args::Export) -> anyhow::Result<Vec<Checkpoint>> {
    let read = |(name, text): &(String, String)| {
        let head = Note::read(text).ok().and_then(|note| note.text().parse().ok());
        head.ok_or_else(|| failure(format!("{name} is no head of a log"), "name a copy of a log's file \"checkpoint\""))
    };
    verify::heads(&asked.since)?.iter().map(read).collect()
}

/// What the entries say.
fn read((log, keys): (&Snapshot, &Keys), selection: &Selection, framework: &str) -> Result<Vec<Entry>, Fault> {
    let mut reading = Reading::new(framework);
    for number in selection.first..selection.end {
        let record = log.record(number)?;
        let content = log.content(number, keys.sealer.as_ref())?;
        let time = record.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        reading.next((number, time), record.kind.as_str(), content.as_deref());
    }
    Ok(reading.entries())
}

#[cfg(feature = "pdf")]
fn pdf(about: &About, entries: &[Entry]) -> Result<Option<Vec<u8>>, impl std::fmt::Display> {
    cloister_report::evidence::paper(about, entries).to_pdf().map(Some)
}

/// Built without it.
#[cfg(not(feature = "pdf"))]
fn pdf(_: &About, _: &[Entry]) -> Result<Option<Vec<u8>>, std::convert::Infallible> {
    Ok(None)
}

fn said((asked, log): (&args::Export, &Path), entries: &[Entry], files: usize, width: usize) -> String {
    let to = asked.output.display();
    let assessments =
        entries.iter().filter(|entry| matches!(entry.content, Content::Assessment(_) | Content::Change(_))).count();
    let text = format!(
        "{} of {} to {}, {} of them {}, in {to}: {files} files and their signed list.",
        count(entries.len() as u64, "entry", "entries"),
        asked.from,
        asked.to,
        assessments,
        if assessments == 1 { "an assessment" } else { "assessments" },
    );
    let more = format!(
        "It holds what the entries say, which may name people. {to}/README.md says how to check it; the public key goes to \
         the auditor by another way: {}/key.pub",
        log.display()
    );
    indented(&text, 0, 0, width) + &indented(&more, 0, 0, width)
}
