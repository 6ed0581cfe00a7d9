//! `cloister evidence export`: what an auditor needs of a period.

use std::path::Path;
use std::process::ExitCode;

use cloister_evidence::folder::bundle::{Contents, Export, Selection, steadily};
use cloister_evidence::folder::{Fault, Keys, Snapshot};
use cloister_evidence::{Checkpoint, Note};
use cloister_report::evidence::{About, Content, Entry, Reading, files};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::args;
use super::open::told;
use super::{count, open, verify};
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
    let Some(path) = &asked.log else { return of_hub(asked) };
    let keys = open::keys(path, asked.keys.private_key.as_deref())?;
    let older = older(asked)?;
    if asked.output.symlink_metadata().is_ok() {
        return Err(told(&Fault::Exists(asked.output.clone())));
    }
    let log = (path.as_path(), keys.signer.verifier());
    let mut entries = Vec::new();
    let (made, holds) =
        steadily(log, |snapshot| make(asked, (&framework.title, &keys), (snapshot, &older), &mut entries))
            .map_err(Failed::told)?;
    made.write(&asked.output).map_err(|fault| told(&fault))?;
    print(&said((asked, path), &entries, made.count().saturating_sub(1), terminal.width()))?;
    if !holds {
        let cause = format!("{} is written, and does not hold as it is", asked.output.display());
        return Err(failure(cause, "cloister evidence verify tells what of the log was changed or lost"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes it from a hub.
#[cfg(feature = "timestamp")]
fn of_hub(asked: &args::Export) -> anyhow::Result<ExitCode> {
    use cloister_evidence::folder::bundle::fetch::{From, fetch};

    let (Some(hub), Some(file)) = (&asked.hub, &asked.token) else {
        return Err(failure("there is no log", "name its folder, or a hub: --hub URL"));
    };
    let token = std::fs::read_to_string(file).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(format!("{}: {why}", file.display()), "name a file with a token of the role dpo or admin: --token FILE")
    })?;
    let authorities = asked.hub_ca.as_deref().map(verify::authorities).transpose()?;
    let from = From { hub, token: token.trim(), authorities: authorities.as_ref() };
    let days = (asked.from.to_string(), asked.to.to_string());
    let help =
        "check the address, and that the token is of the role dpo or admin; --hub-ca names an authority of your own";
    let made =
        fetch(from, &asked.framework, (&days.0, &days.1)).map_err(|why| failure(cloister_report::clean(&why), help))?;
    made.write(&asked.output).map_err(|fault| told(&fault))?;
    let to = asked.output.display();
    print(&format!(
        "The bundle of {} to {} is in {to}: {} files and their signed list.\n\
         It may name people. What it says is as the hub sent it: cloister evidence verify {to} --key KEY\n",
        asked.from,
        asked.to,
        made.count().saturating_sub(1)
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Built without what asks.
#[cfg(not(feature = "timestamp"))]
fn of_hub(_: &args::Export) -> anyhow::Result<ExitCode> {
    Err(failure(
        "this program is built without what asks a hub",
        "name the folder of a log, or build it with its usual features",
    ))
}

/// Why there is no bundle.
enum Failed {
    Fault(Fault),
    Other(anyhow::Error),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Failed {
        Failed::Fault(fault)
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Failed {
        Failed::Other(error)
    }
}

impl Failed {
    fn told(self) -> anyhow::Error {
        match self {
            Failed::Fault(fault) => told(&fault),
            Failed::Other(error) => error,
        }
    }
}

/// Makes it once, of the log as it is now.
fn make(
    asked: &args::Export,
    (title, keys): (&str, &Keys),
    (log, older): (&Snapshot, &[Checkpoint]),
    entries: &mut Vec<Entry>,
) -> Result<Contents, Failed> {
    let (from, to) = (start(asked.from)?, start(asked.to.saturating_add(1.day()))?);
    let selection = log.select(from, to)?;
    let about = About {
        log: keys.signer.verifier().name().to_owned(),
        framework: asked.framework.clone(),
        title: title.to_owned(),
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        exported: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    *entries = read((log, keys), &selection, &asked.framework)?;
    let files = files(&about, entries, pdf(&about, entries)?);
    let (signer, sealer) = (&keys.signer, keys.sealer.as_ref());
    let (framework, most) = (asked.framework.as_str(), u64::MAX);
    Ok(Export { log, signer, sealer, framework, selection, older, files, most }.contents()?)
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
