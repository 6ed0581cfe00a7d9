//! `cloister evidence export`: what an auditor needs of a period.

use std::process::ExitCode;

use cloister_evidence::folder::Reader;
use cloister_evidence::folder::bundle::{Export, Selection};
use cloister_evidence::{Checkpoint, Note};
use cloister_report::evidence::{About, Content, Entry, Reading, oscal, page, readme};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::args;
use super::open::{Open, told};
use super::{count, verify};
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
    let open = Open::existing(&asked.log, asked.keys.private_key.as_deref())?;
    let (from, to) = (start(asked.from)?, start(asked.to.saturating_add(1.day()))?);
    let selection = open.folder.select(from, to).map_err(|fault| told(&fault))?;
    let about = About {
        log: open.keys.signer.verifier().name().to_owned(),
        framework: asked.framework.clone(),
        title: framework.title.to_string(),
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        exported: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let entries = entries(&open, &selection, &asked.framework)?;
    let files = files(&about, &entries)?;
    let export = Export {
        log: &open.folder,
        sealer: open.keys.sealer.as_ref(),
        framework: &asked.framework,
        selection,
        older: &older(asked)?,
        files,
    };
    let written = export.write(&asked.output).map_err(|fault| told(&fault))?;
    print(&said(asked, &entries, written.files.len(), terminal.width()))?;
    Ok(ExitCode::SUCCESS)
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
fn entries(open: &Open, selection: &Selection, framework: &str) -> anyhow::Result<Vec<Entry>> {
    let reader = Reader::new(&open.path);
    let mut reading = Reading::new(framework);
    for number in selection.first..selection.end {
        let record = open.folder.record(number).map_err(|fault| told(&fault))?;
        let content = reader.content(number, open.keys.sealer.as_ref()).map_err(|fault| told(&fault))?;
        let time = record.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        reading.next((number, time), record.kind.as_str(), content.as_deref());
    }
    Ok(reading.entries())
}

fn files(about: &About, entries: &[Entry]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let oscal = oscal(about, entries);
    let pdf = pdf(about, entries)?;
    let mut files = vec![
        ("README.md".to_owned(), readme(about, oscal.is_some(), pdf.is_some()).into_bytes()),
        ("report.html".to_owned(), page(about, entries).into_bytes()),
    ];
    files.extend(pdf.map(|bytes| ("report.pdf".to_owned(), bytes)));
    files.extend(oscal.map(|text| ("assessment-results.json".to_owned(), text.into_bytes())));
    Ok(files)
}

#[cfg(feature = "pdf")]
fn pdf(about: &About, entries: &[Entry]) -> anyhow::Result<Option<Vec<u8>>> {
    let pdf = cloister_report::evidence::paper(about, entries).to_pdf();
    pdf.map(Some).map_err(|error| failure(error, "the program without the feature pdf writes the bundle without it"))
}

/// Built without it.
#[cfg(not(feature = "pdf"))]
#[allow(clippy::unnecessary_wraps, reason = "as with the feature")]
fn pdf(_: &About, _: &[Entry]) -> anyhow::Result<Option<Vec<u8>>> {
    Ok(None)
}

fn said(asked: &args::Export, entries: &[Entry], files: usize, width: usize) -> String {
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
        asked.log.display()
    );
    indented(&text, 0, 0, width) + &indented(&more, 0, 0, width)
}
