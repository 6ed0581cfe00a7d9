//! The main loop: frames in, findings out.

use std::fs::File;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use cloister_capture::{Capture, Reason, Record};
use cloister_dpi::{Inspector, Recording, Replayed, Settings};
use cloister_packet::{Flows, Limits, Link};

use crate::args::Arguments;
use crate::baselines;
use crate::output::Outputs;
use crate::say;
use crate::shared::Shared;
use crate::stop::Stop;

/// Where frames come from.
pub enum Input {
    /// What is captured now.
    Capture(Box<Capture>),
    /// What was captured before.
    Recording(File),
}

/// After so many frames it is looked whether anything else is due.
const FRAMES: u32 = 64;
/// How often numbers are published.
const PUBLISH: Duration = Duration::from_secs(1);
/// How often the list of flows is written.
const LIST: Duration = Duration::from_secs(60);

/// Reads to the end.
pub fn run(
    input: Input,
    mut baselines: Option<baselines::File>,
    arguments: &Arguments,
    shared: &Shared,
    outputs: &Outputs,
    stop: &Stop,
) -> anyhow::Result<ExitCode> {
    let mut settings = Settings::default();
    getrandom::fill(&mut settings.key).map_err(|error| anyhow::anyhow!("failed to make a key: {error}"))?;
    let mut inspector = Inspector::new(shared.knowledge(), &settings);
    if let Some(file) = &mut baselines {
        inspector.findings().remember(file.take());
    }
    let every = Duration::from_secs(arguments.every);
    let mut desk = Desk { inspector, baselines, shared, outputs, adopted: 0, every, due: Due::now() };
    let ended = match input {
        Input::Recording(file) => {
            desk.adopt();
            Recording::open(file).and_then(|it| it.replay(&mut desk.inspector)).map(read).map_err(Into::into)
        }
        Input::Capture(capture) => desk.follow(*capture, stop),
    };
    // However it ended, what was found is told.
    desk.tell(true);
    ended
}

/// What was not read of a recording is told, and counts as broken.
fn read(replayed: Replayed) -> ExitCode {
    let Replayed { packets, skipped, .. } = replayed;
    if replayed.cut {
        say::warning(&format!("the recording is cut short: it ends within a packet, after {packets}"));
    }
    if replayed.broken {
        say::error(&format!("the recording is broken: what follows packet {packets} was not read"));
    }
    if skipped > 0 {
        say::warning(&format!("{skipped} packets were left out: their kind of link is not read"));
    }
    ExitCode::from(u8::from(replayed.cut || replayed.broken))
}

/// What is done beside reading frames.
struct Desk<'a> {
    inspector: Inspector,
    baselines: Option<baselines::File>,
    shared: &'a Shared,
    outputs: &'a Outputs,
    adopted: u64,
    every: Duration,
    due: Due,
}

/// When something was done last.
struct Due {
    told: Instant,
    published: Instant,
    listed: Instant,
}

impl Due {
    fn now() -> Due {
        let now = Instant::now();
        Due { told: now, published: now, listed: now }
    }
}

impl Desk<'_> {
    fn follow(&mut self, mut capture: Capture, stop: &Stop) -> anyhow::Result<ExitCode> {
        let mut flows = Flows::new(Limits::default());
        self.count(&flows);
        let ended = self.frames(&mut capture, &mut flows, stop);
        flows.finish(&mut self.inspector);
        self.count(&flows);
        // Signals of a terminal reach the capture, too, and it may have gone first.
        if stop.is_asked() { Ok(ExitCode::SUCCESS) } else { ended }
    }

    fn frames(&mut self, capture: &mut Capture, flows: &mut Flows, stop: &Stop) -> anyhow::Result<ExitCode> {
        let link = Link::of_number(capture.link());
        let mut since = 0;
        while !stop.is_asked() {
            match capture.read()? {
                Some(Record::Frame { time, bytes, .. }) => {
                    let Some(link) = link else { bail!("frames of this interface cannot be read") };
                    flows.push(link, time, bytes, &mut self.inspector);
                    since += 1;
                }
                Some(Record::Statistics(statistics)) => {
                    self.shared.count(|numbers| numbers.capture = statistics);
                    flows.tick(now(), &mut self.inspector);
                    since = FRAMES;
                }
                Some(Record::End { reason, text }) => return ended(reason, text),
                None => bail!("the capture ended without a word: its process was killed, or has crashed"),
            }
            if since >= FRAMES {
                since = 0;
                self.look_around(flows);
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn look_around(&mut self, flows: &Flows) {
        self.adopt();
        if self.due.published.elapsed() >= PUBLISH {
            self.due.published = Instant::now();
            self.count(flows);
            self.tell(false);
        }
    }

    fn count(&self, flows: &Flows) {
        let held = flows.held() + self.inspector.held();
        self.shared.count(|numbers| {
            numbers.packets = *flows.counters();
            numbers.held = held;
            numbers.alive = Some(Instant::now());
        });
    }

    /// Works with what is known by now.
    fn adopt(&mut self) {
        if let Some((number, knowledge)) = self.shared.newer(self.adopted) {
            self.inspector.know(knowledge);
            self.adopted = number;
            self.shared.adopt(number);
        }
    }

    /// Tells findings that are new at once, and those that grew now and then.
    fn tell(&mut self, last: bool) {
        let due = last || self.due.told.elapsed() >= self.every || self.inspector.findings().has_new();
        if due {
            self.due.told = Instant::now();
            self.outputs.findings(self.inspector.findings().changed());
        }
        if last || self.due.listed.elapsed() >= LIST {
            self.due.listed = Instant::now();
            self.outputs.flows(self.inspector.connections());
        }
        if let Some(file) = self.baselines.as_mut().filter(|file| last || file.is_due()) {
            let time = self.inspector.time();
            file.write(self.inspector.findings().baselines(time));
        }
        let findings = self.inspector.findings().all();
        let forgotten = self.inspector.findings().forgotten();
        let policies = self.inspector.knowledge().policies.iter().count();
        let statistics = self.inspector.statistics().clone();
        self.shared.count(|numbers| {
            numbers.statistics = statistics;
            numbers.findings = findings;
            numbers.forgotten = forgotten;
            numbers.policies = policies;
            numbers.unwritten = self.outputs.unwritten();
        });
    }
}

fn ended(reason: Reason, text: &str) -> anyhow::Result<ExitCode> {
    match reason {
        Reason::Done => Ok(ExitCode::SUCCESS),
        Reason::Broken => {
            say::error(text);
            Ok(ExitCode::from(1))
        }
        _ => Err(anyhow::anyhow!("{text}")).context("failed to capture"),
    }
}

/// Microseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(0)
}
