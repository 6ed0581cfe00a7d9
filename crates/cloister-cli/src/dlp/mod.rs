//! `cloister dlp`: policies of data-loss prevention, tried on what was recorded.

pub mod args;
mod words;

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use cloister_detect::keyed::Keys;
use cloister_dlp::document::Finding;
use cloister_dlp::{Baselines, Knowledge};
use cloister_dpi::{Inspector, Recording, Replayed, Settings};
use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_source::keys::{KeyFile, usual_place};
use jiff::Zoned;

use crate::input::Sources;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;
use crate::threshold::Threshold;
use crate::warn;
use crate::way_out::failure;
use args::{Dlp, DlpCommand, Format, Try};

/// Answers.
pub fn run(dlp: &Dlp, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &dlp.command {
        DlpCommand::Try(asked) => tried(asked, terminal),
    }
}

/// A recording that was played.
struct Played {
    name: String,
    replayed: Replayed,
}

fn tried(asked: &Try, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let paths = asked.inventory.iter().chain(&asked.policy).cloned().collect();
    let (inventory, mut lost) = read(Sources { paths, ..Sources::default() }, terminal)?;
    let (knowledge, diagnostics) = Knowledge::with_keys(&inventory, keys(asked)?.map(Arc::new));
    diagnostics.iter().for_each(warn::tell);
    lost |= diagnostics.iter().any(|it| it.level == DiagnosticLevel::Error);
    if !asked.policy.is_empty() && !has_policy(&inventory) {
        return Err(failure("no DlpPolicy is in what --policy names", "write one: docs/dlp-policy.md shows how"));
    }
    let knowledge = Arc::new(knowledge);
    let mut inspector = Inspector::new(knowledge.clone(), &Settings::default());
    inspector.findings().explain();
    if let Some(file) = &asked.baselines {
        inspector.findings().remember(baselines(file)?);
    }
    let mut played = Vec::new();
    for file in &asked.recordings {
        let replayed = play(file, &mut inspector)?;
        lost |= replayed.cut || replayed.broken || replayed.skipped > 0;
        tell(file, &replayed);
        played.push(Played { name: file.display().to_string(), replayed });
    }
    let findings = inspector.findings().all();
    print(&match asked.output {
        Format::Json => lines(&findings)?,
        Format::Text => {
            let passed = inspector.findings().passed();
            words::text(&played, &inspector, &findings, &passed, terminal)
        }
    })?;
    Ok(exit(&findings, asked.fail_on, lost))
}

/// The keys that are named, or those of the usual place.
fn keys(asked: &Try) -> anyhow::Result<Option<Keys>> {
    let usual = || usual_place().filter(|file| file.exists());
    let Some(file) = asked.hash_key.clone().or_else(usual) else { return Ok(None) };
    let today = Zoned::now().date();
    let read = KeyFile::read(&file).and_then(|keys| keys.keys(&file, today));
    read.map(Some).map_err(|error| failure(error.cause, error.help))
}

fn baselines(file: &Path) -> anyhow::Result<Baselines> {
    let cannot =
        |cause: &str| failure(format!("{}: {cause}", file.display()), "name the file of a sensor's --baselines");
    let text =
        std::fs::read_to_string(file).map_err(|error| cannot(cloister_source::without_number(&error.to_string())))?;
    Baselines::read(&text).map_err(|error| cannot(&error.to_string()))
}

fn has_policy(inventory: &Inventory) -> bool {
    inventory.has_kind("DlpPolicy.cloister.dev")
}

fn play(file: &Path, inspector: &mut Inspector) -> anyhow::Result<Replayed> {
    let cannot = |cause: String| {
        failure(
            format!("{} cannot be read: {cause}", file.display()),
            "name a pcap or pcapng file, as tcpdump -w writes it",
        )
    };
    let source =
        File::open(file).map_err(|error| cannot(cloister_source::without_number(&error.to_string()).to_owned()))?;
    let recording = Recording::open(source).map_err(|error| cannot(error.to_string()))?;
    recording.replay(inspector).map_err(|error| cannot(error.to_string()))
}

/// What of a recording was not read.
fn tell(file: &Path, replayed: &Replayed) {
    let say = |what: &str, help: &str| {
        let level = DiagnosticLevel::Warning;
        warn::tell(&Diagnostic::new(level, file.display().to_string(), what).help(help));
    };
    if replayed.cut {
        say("it ends within a packet", "what came before was read");
    }
    if replayed.broken {
        say("a block of it breaks the rules of its format", "what came before was read");
    }
    if replayed.skipped > 0 {
        say(
            &format!("{} packets are of links that are not read", replayed.skipped),
            "record an Ethernet or IP interface",
        );
    }
}

fn lines(findings: &[Finding]) -> anyhow::Result<String> {
    let mut text = String::new();
    for finding in findings {
        text += &serde_json::to_string(finding)?;
        text.push('\n');
    }
    Ok(text)
}

fn exit(findings: &[Finding], threshold: Threshold, lost: bool) -> ExitCode {
    if lost {
        return ExitCode::from(2);
    }
    let worst = findings.iter().map(|finding| finding.severity).max();
    let over = matches!((threshold, worst), (Threshold::From(least), Some(worst)) if worst >= least);
    ExitCode::from(u8::from(over))
}
