//! What is measured: the curve of loss, the highest rate without any, and memory by open connections. A line of JSON each.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use serde_json::json;

use crate::bodies::Coding;
use crate::lab::Lab;
use crate::load::{Load, Shape};
use crate::sender::{Pace, Sender};
use crate::sensor::{Memory, Seen, Sensor};

/// The sender has this core, the sensor that one.
const SENDER: usize = 0;
const SENSOR: usize = 1;
/// Rates of the curve, in millions of bits a second.
const CURVE: [u64; 11] = [250, 500, 750, 1000, 1250, 1500, 1750, 2000, 2500, 3000, 4000];
/// How long each rate is sent. The kernel's buffer (32 MiB) hides 34 Mbit/s of loss in this time, and no more.
const TIME: Duration = Duration::from_secs(8);
/// How often it is looked how many connections are open: numbers are published every second.
const LOOK: Duration = Duration::from_millis(500);
/// The highest rate is found to this part of it.
const NEAR: u64 = 40;
/// Connections at once, in loads that measure a rate.
const FLOWS: usize = 1_000;
/// Connections at once, in those that measure memory; and a rate at which nothing is lost.
const OPEN: [usize; 3] = [1_000, 5_000, 50_000];
const OPENING: u64 = 200;
const OPENING_GZIP: u64 = 50;
/// A sender that stays below so many hundredths of what it was asked for measures itself.
const KEPT: u64 = 96;

/// One rate: what was sent, what was seen, and what that took.
struct Run {
    pace: Pace,
    seen: Seen,
    /// Milliseconds of the core: sensor, capture.
    time: [u64; 2],
    memory: Memory,
    /// The most connections that it said were open.
    open: u64,
}

impl Run {
    /// Whether the sender was as fast as it was asked to be.
    fn kept(&self, asked: u64) -> bool {
        self.pace.megabits() * 100 >= asked * KEPT
    }

    fn lost(&self) -> u64 {
        self.pace.sent.frames.saturating_sub(self.seen.frames)
    }

    fn tell(&self, part: &str, name: &str, asked: u64) {
        let sent = self.pace.sent;
        let line = json!({
            "part": part, "name": name, "asked": asked, "megabits": self.pace.megabits(),
            "milliseconds": u64::try_from(self.pace.time.as_millis()).unwrap_or(u64::MAX),
            "frames": sent.frames, "bytes": sent.bytes, "lost": self.lost(), "dropped": self.seen.dropped,
            "messages": sent.messages, "messages_seen": self.seen.messages,
            "accounts": sent.accounts, "accounts_seen": self.seen.accounts, "findings": self.seen.findings,
            "sensor_ms": self.time[0], "capture_ms": self.time[1],
            "peak_kib": self.memory.peak, "now_kib": self.memory.now, "capture_kib": self.memory.capture, "open": self.open,
        });
        println!("{line}");
    }

    /// What arrived whole was understood whole.
    fn check(&self) -> Result<()> {
        let sent = self.pace.sent;
        ensure!(
            self.lost() > 0 || (self.seen.messages, self.seen.accounts) == (sent.messages, sent.accounts),
            "nothing was lost, and yet of {} messages and {} accounts the sensor found {} and {}",
            sent.messages,
            sent.accounts,
            self.seen.messages,
            self.seen.accounts
        );
        Ok(())
    }
}

/// Where everything is.
struct Bench<'a> {
    lab: &'a Lab,
    sender: Sender,
    programs: &'a Path,
}

impl Bench<'_> {
    fn run(&self, shape: Shape, megabits: u64, time: Duration) -> Result<Run> {
        let mut load = Load::new(shape, 20_261_126)?;
        let sensor = Sensor::start(self.lab, self.programs, SENSOR)?;
        let before = sensor.time()?;
        let (pace, open) = thread::scope(|scope| {
            let sending = scope.spawn(|| self.sender.send(&mut load, megabits, time));
            let mut open = 0;
            while !sending.is_finished() {
                thread::sleep(LOOK);
                open = open.max(sensor.seen().map_or(0, |seen| seen.open));
            }
            (sending.join(), open)
        });
        let pace = pace.map_err(|_| anyhow!("a thread panicked"))??;
        let seen = sensor.settled()?;
        let after = sensor.time()?;
        let time = [0, 1].map(|at| after.get(at).unwrap_or(&0).saturating_sub(*before.get(at).unwrap_or(&0)));
        let run = Run { pace, seen, time, memory: sensor.memory()?, open };
        run.check()?;
        Ok(run)
    }

    /// Whether nothing was lost at a rate; none where the sender did not keep it.
    fn rate(&self, part: &str, name: &str, shape: Shape, megabits: u64) -> Result<Option<bool>> {
        let run = self.run(shape, megabits, TIME)?;
        run.tell(part, name, megabits);
        Ok(run.kept(megabits).then(|| run.lost() == 0))
    }

    /// The curve, as far as the sender comes: the highest rate below all that lost something, and the lowest that did, or
    /// that the sender did not keep.
    fn curve(&self, shape: Shape) -> Result<(u64, u64)> {
        let (mut good, mut bad) = (0, None);
        for rate in CURVE {
            match self.rate("curve", "plain", shape, rate)? {
                Some(true) if bad.is_none() => good = rate,
                Some(true) => {}
                Some(false) => bad = bad.or(Some(rate)),
                None => {
                    ensure!(
                        good > 0 || bad.is_some(),
                        "not even {rate} Mbit/s are sent: this machine is too busy to measure"
                    );
                    bad = bad.or(Some(rate));
                    break;
                }
            }
        }
        Ok((good, bad.or(CURVE.last().copied()).unwrap_or(good)))
    }

    /// Between a rate without loss and one with, the highest without; or what the sender is able to send, if that is less.
    fn highest(&self, name: &str, shape: Shape, mut good: u64, mut bad: u64) -> Result<()> {
        let mut by_sender = false;
        while bad - good > good / NEAR + 10 {
            let middle = good.midpoint(bad);
            let lossless = self.rate("search", name, shape, middle)?;
            match lossless {
                Some(true) => good = middle,
                Some(false) | None => (bad, by_sender) = (middle, lossless.is_none()),
            }
        }
        println!("{}", json!({ "part": "highest", "name": name, "megabits": good, "by_sender": by_sender }));
        Ok(())
    }

    fn memory(&self) -> Result<()> {
        let plain = OPEN.map(|flows| ("plain", Coding::Plain, flows, OPENING));
        for (name, coding, flows, rate) in plain.into_iter().chain([("gzip", Coding::Gzip, 5_000, OPENING_GZIP)]) {
            // So many that none ends while others begin.
            let exchanges = (100_000 / flows).clamp(2, 16);
            let shape = Shape { flows, exchanges, coding, together: true };
            let run = self.run(shape, rate, TIME)?;
            let open = usize::try_from(run.open)?;
            ensure!(open * 100 >= flows * 98, "of {flows} connections only {open} were ever open at once");
            run.tell("memory", name, flows as u64);
        }
        Ok(())
    }
}

/// Measures everything, or the parts named; `programs` is the folder of `cloister-sensor` and `cloister-capture`.
///
/// # Errors
/// A right, a core or a program is missing, the sender is too slow, or the sensor does not understand what arrived whole.
pub fn run(programs: &Path, parts: &[&str]) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    ensure!(cores > SENSOR, "sender and sensor need a core each, and this machine has one");
    let lab = Lab::create()?;
    let mut own = CpuSet::new();
    own.set(SENDER).context("no such core")?;
    sched_setaffinity(Pid::from_raw(0), &own).context("failed to stay on one core")?;
    let bench = Bench { sender: Sender::open(&lab)?, lab: &lab, programs };
    let asked = |part: &str| parts.is_empty() || parts.contains(&part);
    let plain = Shape { flows: FLOWS, exchanges: 8, coding: Coding::Plain, together: false };
    if asked("rate") {
        let (good, bad) = bench.curve(plain)?;
        bench.highest("plain", plain, good, bad)?;
        bench.highest("gzip", Shape { coding: Coding::Gzip, ..plain }, 0, bad)?;
        let most = CURVE.last().copied().unwrap_or_default();
        bench.highest("unsearched", Shape { coding: Coding::Unsearched, ..plain }, good, most)?;
    }
    if asked("memory") {
        bench.memory()?;
    }
    Ok(())
}

/// Writes so many frames of the load as a file of pcap, for other tools.
///
/// # Errors
/// The file cannot be written.
pub fn record(path: &Path, shape: Shape, frames: u64) -> Result<()> {
    let file = File::create(path).with_context(|| format!("failed to write {}", path.display()))?;
    let mut file = BufWriter::new(file);
    file.write_all(&[0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1].map(u32::to_le_bytes).concat())?;
    let mut load = Load::new(shape, 20_261_126)?;
    let mut frame = Vec::new();
    for number in 0_u64.. {
        if number == frames {
            load.run_out();
        }
        frame.clear();
        if !load.put(&mut frame) {
            break;
        }
        let length = u32::try_from(frame.len())?;
        let (seconds, micros) = (number / 100_000, number % 100_000 * 10);
        let head = [u32::try_from(seconds)?, u32::try_from(micros)?, length, length];
        file.write_all(&head.map(u32::to_le_bytes).concat())?;
        file.write_all(&frame)?;
    }
    println!("{}", serde_json::to_string(&json!({ "frames": load.sent().frames, "bytes": load.sent().bytes }))?);
    file.flush().context("failed to write")
}
