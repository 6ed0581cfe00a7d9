//! What an auditor gets of a period, as one file: while the hub goes on writing.

use cloister_evidence::folder::bundle::{Contents, Export, Selection, steadily};
use cloister_evidence::folder::{Fault, Snapshot};
use cloister_report::evidence::{About, Entry, Reading, files};
use http::header;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};

use super::evidence::log;
use crate::evidence::{Held, Log};
use crate::http::{Answer, Ask, Problem};
use crate::who::role::Right;

/// It is made in memory: so many bytes of it, before it is packed.
const MOST: u64 = 256 * 1024 * 1024;
/// After so many seconds another may have been made.
const LATER: u64 = 10;

/// What is asked for.
struct Asked {
    framework: String,
    title: String,
    from: Date,
    to: Date,
}

/// The file.
pub fn answer(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let log = log(ask)?;
    let asked = asked(ask)?;
    let none = || Problem::new(503, "this hub reads its record and does not sign for it");
    let held = log.held().ok_or_else(none)?;
    let Ok(_place) = held.making.try_lock() else {
        return Err(Problem { wait: Some(LATER), ..Problem::new(503, "another bundle is being made: ask again then") });
    };
    let (made, holds) = steadily((log.path(), log.verifier()), |now| make(&asked, (log, held), now)).map_err(told)?;
    if !holds {
        return Err(Problem::new(
            500,
            "the record does not hold as it is: its verification tells what was changed or lost",
        ));
    }
    let name = format!("evidence-{}-{}-{}", asked.framework, asked.from, asked.to);
    let packed = made.pack(&name).map_err(|error| Problem::new(500, format!("it cannot be packed: {error}")))?;
    let file = format!("attachment; filename=\"{name}.tar.gz\"");
    Ok(Answer::new(200, "application/gzip", packed).with(header::CONTENT_DISPOSITION, &file))
}

fn asked(ask: &Ask<'_>) -> Result<Asked, Problem> {
    let framework = ask.query.get("framework").unwrap_or("gdpr");
    let known = cloister_frameworks::by_name(framework);
    let known = known.ok_or_else(|| Problem::new(400, "no framework is called so: its name, such as gdpr"))?;
    let day = |name: &str| {
        let day = ask.query.get(name).and_then(|text| text.parse::<Date>().ok());
        day.ok_or_else(|| Problem::new(400, format!("{name}: a day, such as 2026-01-31")))
    };
    let (from, to) = (day("from")?, day("to")?);
    if to < from {
        return Err(Problem::new(422, format!("{to} is before {from}: name the first day with from")));
    }
    Ok(Asked { framework: framework.to_owned(), title: known.title.to_string(), from, to })
}

/// When a day begins; of the first and the last one that there are, the first and the last moment.
fn start(day: Date) -> Timestamp {
    let end = if day.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    day.to_zoned(TimeZone::UTC).map_or(end, |at| at.timestamp())
}

fn make(asked: &Asked, (log, held): (&Log, &Held), now: &Snapshot) -> Result<Contents, Fault> {
    let selection = now.select(start(asked.from), start(asked.to.saturating_add(1.day())))?;
    let about = About {
        log: log.verifier().name().to_owned(),
        framework: asked.framework.clone(),
        title: asked.title.clone(),
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        exported: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let entries = read(asked, log, now, &selection)?;
    let files = files(&about, &entries, pdf(&about, &entries));
    let (log, signer, sealer) = (now, &held.signer, log.sealer());
    Export { log, signer, sealer, framework: &asked.framework, selection, older: &[], files, most: MOST }.contents()
}

/// What the entries say.
fn read(asked: &Asked, log: &Log, now: &Snapshot, selection: &Selection) -> Result<Vec<Entry>, Fault> {
    let (mut reading, mut size) = (Reading::new(&asked.framework), 0);
    for number in selection.first..selection.end {
        let record = now.record(number)?;
        let content = now.content(number, log.sealer())?;
        size += content.as_ref().map_or(0, |content| content.len() as u64);
        if size > MOST {
            return Err(Fault::Large(MOST));
        }
        let time = record.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        reading.next((number, time), record.kind.as_str(), content.as_deref());
    }
    Ok(reading.entries())
}

/// The report as PDF, where this program makes it; the others say the same.
#[cfg(feature = "pdf")]
fn pdf(about: &About, entries: &[Entry]) -> Option<Vec<u8>> {
    cloister_report::evidence::paper(about, entries).to_pdf().ok()
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &About, _: &[Entry]) -> Option<Vec<u8>> {
    None
}

fn told(fault: Fault) -> Problem {
    match fault {
        Fault::Large(most) => Problem::new(
            413,
            format!(
                "the bundle is longer than {} MiB, unpacked: take a shorter period, or cloister evidence export beside the \
                 hub's data",
                most >> 20
            ),
        ),
        fault => Problem { wait: Some(LATER), ..Problem::new(503, format!("it cannot be made now: {fault}")) },
    }
}

/// The form, for whoever may have it.
pub fn form(ask: &Ask<'_>, log: &Log) -> Option<Markup> {
    let may = ask.who.as_ref().is_some_and(|who| who.may(Right::ReadPeople)) && log.held().is_some();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let before = today.saturating_sub(1.year());
    may.then(|| {
        html! {
            section aria-labelledby="export" {
                h2 id="export" { "For an auditor" }
                p { "The entries of a period, what they say, and the proofs, in one file. It may name people: for whom it concerns. "
                    "It is checked with the public key alone: " code { "cloister evidence verify FOLDER --key KEY" } "." }
                form method="get" action="/evidence/export" {
                    p { label for="export-framework" { "Framework" } " "
                        select id="export-framework" name="framework" {
                            @for name in cloister_frameworks::names() { option value=(name) selected[name == "gdpr"] { (name) } }
                        } }
                    p { label for="export-from" { "From" } " " input type="date" id="export-from" name="from" required value=(before); }
                    p { label for="export-to" { "To" } " " input type="date" id="export-to" name="to" required value=(today); }
                    button type="submit" { "Take the bundle" }
                }
            }
        }
    })
}
