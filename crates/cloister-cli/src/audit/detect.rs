//! `cloister audit detect`: rules over audit logs.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use cloister_audit::{Event, events};
use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_rules::{Gathered, Ground, Judge, Report, Rules};
use indicatif::ProgressBar;
use jiff::Timestamp;

use super::args::{Detect, Format};
use super::{found, rules};
use crate::input::read;
use crate::logs::{files, unopened};
use crate::output::print;
use crate::terminal::Terminal;
use crate::warn;
use crate::way_out::failure;

/// More detections nobody reads; they are counted.
const MOST: usize = 20_000;
/// In so many bytes, unpacked or not, the first event of a log is looked for.
const START: u64 = 1 << 18;
/// Progress is told every so many events.
const STEP: u64 = 1 << 16;

/// Reads and tells.
pub fn run(detect: &Detect, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let rules = Arc::new(rules::with(&detect.rules, true)?);
    let (ground, mut lost) = ground(detect, terminal)?;
    let progress = terminal.progress();
    let mut run = Run::new(rules, Arc::new(ground), &progress);
    let mut diagnostics = Vec::new();
    let mut logs = files(&detect.logs, &mut diagnostics);
    if logs.len() > 1 {
        logs.sort_by_cached_key(|log| (log == Path::new("-"), first(log), log.clone()));
    }
    logs.iter().for_each(|log| run.read(log, &mut diagnostics));
    progress.finish_and_clear();
    diagnostics.iter().for_each(warn::tell);
    lost |= diagnostics.iter().any(|one| one.level == DiagnosticLevel::Error);
    let report = run.finish();
    if report.events == 0 {
        return Err(failure("no audit event was read", "name audit logs of the API server, or - for standard input"));
    }
    print(&match detect.output {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&report)?),
        Format::Text => found::text(&report, terminal.width(), terminal.colour()),
    })?;
    let over = detect.fail_on.0.is_some_and(|least| report.worst().is_some_and(|worst| worst >= least));
    Ok(ExitCode::from(if lost { 2 } else { u8::from(over) }))
}

/// What is known of the cluster.
fn ground(detect: &Detect, terminal: &Terminal) -> anyhow::Result<(Ground, bool)> {
    let (mut ground, mut lost) = (Ground::default(), false);
    if !detect.from.is_empty() || detect.live.is_named() {
        let (inventory, missing) = read(detect.live.sources(&detect.from), terminal)?;
        (ground, lost) = (Ground::of(&inventory), missing);
    }
    for namespace in &detect.personal {
        ground.personal.entry(namespace.clone()).or_insert_with(|| "--personal".to_owned());
    }
    ground.inside.extend(&detect.inside);
    ground.break_glass.extend(detect.break_glass.iter().cloned());
    Ok((ground, lost))
}

/// When the first event of a log is: logs are read in that order, whatever they are called.
fn first(log: &Path) -> Option<Timestamp> {
    let mut first = None;
    let start = File::open(log).ok().filter(|_| log.is_file())?.take(START);
    events("", start, |_, event| first = first.or(event.time()));
    first
}

/// A judge at work.
struct Run<'p> {
    rules: Arc<Rules>,
    judge: Judge,
    gathered: Gathered,
    report: Report,
    progress: &'p ProgressBar,
}

impl Run<'_> {
    fn new(rules: Arc<Rules>, ground: Arc<Ground>, progress: &ProgressBar) -> Run<'_> {
        let report = Report::of(&rules, &ground);
        let judge = Judge::new(Arc::clone(&rules), ground);
        Run { rules, judge, gathered: Gathered::new(MOST), report, progress }
    }

    fn read(&mut self, log: &PathBuf, diagnostics: &mut Vec<Diagnostic>) {
        if log == Path::new("-") {
            return self.events("standard input", stdin().lock(), diagnostics);
        }
        match File::open(log) {
            Ok(file) => self.events(&log.display().to_string(), file, diagnostics),
            Err(error) => diagnostics.push(unopened(log, &error)),
        }
    }

    fn events(&mut self, name: &str, input: impl Read, diagnostics: &mut Vec<Diagnostic>) {
        let journal = events(name, input, |_, event| self.event(event));
        self.report.logs += 1;
        self.report.unreadable += journal.tally.unreadable;
        self.report.foreign += journal.tally.foreign;
        diagnostics.extend(journal.diagnostics);
    }

    fn event(&mut self, event: &Event<'_>) {
        self.report.events += 1;
        if self.report.events.is_multiple_of(STEP) {
            let found = self.gathered.detections().len();
            self.progress.set_message(format!("{} events, {found} detections", self.report.events));
        }
        if let Some(time) = event.time() {
            self.report.from = Some(self.report.from.map_or(time, |from| from.min(time)));
            self.report.until = self.report.until.max(Some(time));
        }
        for detection in self.judge.judge(event) {
            self.gathered.add(&self.rules, detection);
        }
    }

    fn finish(mut self) -> Report {
        self.report.gaps = self.judge.gaps().clone();
        self.report.dropped = self.gathered.dropped;
        self.report.found(self.gathered.finish());
        self.report
    }
}
