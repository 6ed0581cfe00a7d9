//! `cloister detect PATH…`.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use cloister_detect::document::{Asked, Reported};
use cloister_detect::keyed::Keys;
use cloister_detect::profile::{Level, Profile};
use cloister_model::{Diagnostic, DiagnosticLevel, clean};
use cloister_source::data::{self, Part, Target};
use cloister_source::keys::{KeyFile, usual_place};
use indicatif::ProgressBar;
use jiff::Zoned;

use super::args::{self, FailOn, Output, Search};
use super::ordered::Ordered;
use super::part;
use super::summary::{Summary, is_special};
use super::text;
use crate::terminal::Terminal;
use crate::way_out::{HELP, failure};

/// What came of one target.
#[derive(Debug, Default)]
pub struct Outcome {
    pub summaries: Vec<Summary>,
    pub diagnostics: Vec<Diagnostic>,
    pub skipped: Vec<String>,
    pub parts: u64,
    /// Something is at or over what is too much.
    over: bool,
}

/// One run.
struct Run<'r> {
    asked: Asked<'r>,
    search: &'r Search,
    targets: &'r [Target],
    ordered: Ordered,
    bar: &'r ProgressBar,
    bytes: AtomicU64,
}

/// Reads, searches, tells.
pub fn run(search: &Search, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let profile = profile(search)?;
    let keys = keys(search)?;
    let here = [std::path::PathBuf::from(".")];
    let (targets, mut diagnostics) = data::targets(if search.paths.is_empty() { &here } else { &search.paths });
    let bar = terminal.progress();
    let run = Run {
        asked: Asked { profile: &profile, keys: keys.as_ref(), all_keys: search.all_keys },
        search,
        targets: &targets,
        ordered: Ordered::default(),
        bar: &bar,
        bytes: AtomicU64::new(0),
    };
    let outcomes = run.all()?;
    bar.finish_and_clear();
    diagnostics.extend(outcomes.iter().flat_map(|outcome| outcome.diagnostics.iter().cloned()));
    let over = outcomes.iter().any(|outcome| outcome.over);
    let lost = diagnostics.iter().any(|one| one.level == DiagnosticLevel::Error) || outcomes.is_empty();
    let exit = if lost { 2 } else { u8::from(over) };
    if search.output == Output::Text {
        let key = keys.is_some();
        let told = text::Told { search, outcomes: &outcomes, bytes: run.bytes.into_inner(), key, lost, over };
        crate::output::print(&told.text(terminal))?;
    }
    diagnostics.iter().for_each(|diagnostic| tell(diagnostic, terminal));
    Ok(ExitCode::from(exit))
}

fn profile(search: &Search) -> anyhow::Result<Profile> {
    let profile = match &search.profile {
        Some(file) => super::profile::read(file)?.1,
        None => Profile::default(),
    };
    Ok(match search.threshold {
        None => profile,
        Some(args::Level::Possible) => profile.with_default(Level::Possible),
        Some(args::Level::Likely) => profile.with_default(Level::Likely),
        Some(args::Level::Certain) => profile.with_default(Level::Certain),
    })
}

/// The keys that the user named, or has.
fn keys(search: &Search) -> anyhow::Result<Option<Keys>> {
    let usual = usual_place().filter(|file| file.exists());
    let Some(file) = search.hash_key.clone().or(usual).filter(|_| !search.no_hash) else {
        if search.all_keys {
            return Err(failure("--all-keys without a key", "cloister detect key create makes one"));
        }
        return Ok(None);
    };
    let read = KeyFile::read(&file).and_then(|keys| keys.keys(&file, Zoned::now().date()));
    read.map(Some).map_err(|error| failure(error.cause, error.help))
}

fn tell(diagnostic: &Diagnostic, terminal: &Terminal) {
    let line = diagnostic.line.map(|line| format!(":{line}")).unwrap_or_default();
    let help = diagnostic.help.as_ref().map(|help| format!("{HELP}{help}")).unwrap_or_default();
    let text = format!("{}{line}: {}{help}", diagnostic.file, diagnostic.message);
    if diagnostic.level == DiagnosticLevel::Error {
        terminal.error(&text);
    } else {
        eprintln!("warning: {}", clean(&text.replace(HELP, "; ")));
    }
}

impl Run<'_> {
    /// Several at once, begun in their order.
    fn all(&self) -> anyhow::Result<Vec<Outcome>> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(target) = self.targets.get(index) else { return };
                let outcome = self.one(index, target);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((index, outcome));
            }
        };
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads().min(self.targets.len()) {
                scope.spawn(|_| work());
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn one(&self, index: usize, target: &Target) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::default();
        let mut said = Ok(());
        let opened =
            data::open(target, self.search.expanded, &mut |part| self.part(index, part, &mut outcome, &mut said));
        outcome.diagnostics.extend(opened.diagnostics);
        outcome.skipped = opened.skipped;
        let ended = self.ordered.end(index);
        said.and(ended).map(|()| outcome)
    }

    fn part(
        &self,
        index: usize,
        part: Part<'_>,
        outcome: &mut Outcome,
        said: &mut anyhow::Result<()>,
    ) -> std::io::Result<()> {
        let name = part.name.clone();
        let mut summary = Summary { file: name.to_string(), ..Summary::default() };
        let mut over = false;
        let mut took = |found: &mut Vec<Reported>, read: u64| {
            let all = self.bytes.fetch_add(read, Ordering::Relaxed) + read;
            if !self.bar.is_hidden() {
                self.bar.set_message(clean(&format!("{} · {name}", text::size(all))).into_owned());
            }
            for one in found.iter() {
                summary.add(one);
                over |= self.is_too_much(one);
            }
            if self.search.output == Output::Json && !found.is_empty() {
                let written = self.write(index, found);
                if said.is_ok() {
                    *said = written;
                }
            }
            found.clear();
        };
        let format = self.search.format.map(args::Format::locate);
        let (format, ended, read) = part::search(self.asked, format, part, &mut took);
        (summary.format, summary.allowed) = (format.as_str(), ended.allowed);
        outcome.diagnostics.extend(part::told(&name, &ended, read.is_err()));
        outcome.over |= over;
        outcome.parts += 1;
        if summary.count() + summary.test_data + summary.allowed > 0 {
            outcome.summaries.push(summary);
        }
        read
    }

    fn write(&self, index: usize, found: &[Reported]) -> anyhow::Result<()> {
        let mut text = String::new();
        for one in found {
            text.push_str(&serde_json::to_string(one)?);
            text.push('\n');
        }
        self.ordered.write(index, &text)
    }

    fn is_too_much(&self, one: &Reported) -> bool {
        let least = self.search.fail_on.confidence();
        let special = self.search.fail_on == FailOn::Special && is_special(one.category);
        !one.test_data && (special || least.is_some_and(|least| one.confidence >= least))
    }
}
