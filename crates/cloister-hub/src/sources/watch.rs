//! Watches folders and clusters: what changes is assessed anew, by a thread of its own.
//!
//! Files are looked at several times a second, by name, size and time: that works on every file system, for mounted
//! ConfigMaps too, and needs nothing of the kernel. A cluster tells of changes by itself, through whoever follows it.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use jiff::Zoned;

use super::supplement::Supplement;
use crate::Hub;
use crate::read::Report;
use crate::snapshot::Snapshot;

/// What an assessment came to, and what pages show beyond it.
#[derive(Debug)]
pub struct Assessed {
    /// As `cloister scan -o json` would write it.
    pub report: Report,
    /// Beside it.
    pub more: Supplement,
}

/// Reads and assesses. It is handed the decisions in force, as documents of the register, and what was known before.
pub type Assess = dyn Fn(&str, Option<&Snapshot>) -> Result<Assessed, String> + Send;

/// Something that tells of its changes by itself.
pub trait Followed: Send {
    /// A number that grows with each change.
    fn changes(&self) -> u64;
    /// When each change up to this number came; what was told once is told no more.
    fn came(&self, until: u64) -> Vec<Instant>;
}

/// What is watched.
pub struct Watch {
    /// The source's name, in addresses.
    pub source: Arc<str>,
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// What is followed elsewhere: a cluster.
    pub followed: Option<Box<dyn Followed>>,
    /// How often everything is assessed, changed or not: what expires, and what is not followed.
    pub every: Duration,
    /// Reads and assesses.
    pub assess: Box<Assess>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Watch({})", self.source)
    }
}

/// Wakes the thread that assesses.
#[derive(Clone, Debug)]
pub struct Wake(SyncSender<()>);

impl Wake {
    /// Assess anew, since a decision changed. One that waits already is enough.
    pub fn wake(&self) {
        match self.0.try_send(()) {
            Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
        }
    }
}

/// So often files are looked at.
const LOOK: Duration = Duration::from_millis(300);
/// So often a number is.
const GLANCE: Duration = Duration::from_millis(50);
/// A burst of changes is over when nothing changed for so long;
const QUIET: Duration = Duration::from_millis(200);
/// and whoever never rests is assessed after so long, or half as long as the last assessment took: it takes two thirds of the
/// time at most.
const LONGEST: Duration = Duration::from_millis(400);

impl Watch {
    /// Assesses once, and then whenever something changed, until the hub is gone.
    pub fn start(self, hub: &Arc<Hub>) -> std::io::Result<()> {
        let (to, from) = sync_channel(1);
        hub.watched(self.source.clone(), Wake(to));
        let hub = Arc::downgrade(hub);
        std::thread::Builder::new().name(format!("watch {}", self.source)).spawn(move || {
            let (mut seen, mut last) = (signature(&self.paths), None::<(Instant, jiff::civil::Date)>);
            let mut burst = Burst::default();
            while let Some(hub) = hub.upgrade() {
                let day = Zoned::now().date();
                let due = last.is_none_or(|(at, of)| at.elapsed() >= self.every || of != day);
                let changed = if due { None } else { self.changed(&mut seen) };
                if due || changed.is_some() || self.asked(&from, &mut burst) {
                    let begun = Instant::now();
                    burst.begins(self.number());
                    let is_taken = self.once(&hub);
                    burst.took = begun.elapsed();
                    if is_taken {
                        let came = self.followed.as_ref().map_or_else(Vec::new, |one| one.came(burst.assessed));
                        // What was there at the beginning did not change.
                        if last.is_some() {
                            hub.numbers.assessed(burst.took, came.into_iter().chain(changed));
                        }
                    }
                    last = Some((Instant::now(), day));
                }
            }
        })?;
        Ok(())
    }

    /// Since when files are others than they were, where they are and have come to rest.
    fn changed(&self, seen: &mut u64) -> Option<Instant> {
        let mut now = signature(&self.paths);
        if now == *seen {
            return None;
        }
        let noticed = Instant::now();
        // Who writes many files is let finish, for a while.
        for _ in 0..20 {
            std::thread::sleep(LOOK / 3);
            let before = std::mem::replace(&mut now, signature(&self.paths));
            if before == now {
                break;
            }
        }
        *seen = now;
        Some(noticed)
    }

    fn number(&self) -> u64 {
        self.followed.as_ref().map_or(0, |followed| followed.changes())
    }

    /// Whether somebody asks, or what is followed has changed and come to rest.
    fn asked(&self, from: &Receiver<()>, burst: &mut Burst) -> bool {
        let end = Instant::now() + LOOK;
        let pause = if self.followed.is_some() { GLANCE } else { LOOK };
        while Instant::now() < end {
            match from.recv_timeout(pause) {
                Ok(()) => return true,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(pause),
            }
            if burst.is_over(self.number(), Instant::now()) {
                return true;
            }
        }
        false
    }

    /// Whether it came to something.
    fn once(&self, hub: &Hub) -> bool {
        let documents = hub.documents(&self.source).map_err(|why| why.to_string());
        let before = hub.snapshot(&self.source);
        let assess = || documents.and_then(|documents| (self.assess)(&documents, before.as_deref()));
        let ended = catch_unwind(AssertUnwindSafe(assess));
        drop(before);
        let ended =
            ended.unwrap_or_else(|_| Err("the assessment ended by a fault of Cloister; please report it".to_owned()));
        let taken = ended
            .and_then(|assessed| hub.take(&self.source, assessed.report, assessed.more).map_err(|why| why.to_string()));
        let is_taken = taken.is_ok();
        hub.tell_watch(&self.source, taken.err());
        is_taken
    }
}

/// Changes that are not assessed yet.
#[derive(Debug, Default)]
struct Burst {
    /// The number that was assessed last.
    assessed: u64,
    /// The number that was seen last, when it was seen first, and when the burst began.
    last: Option<(u64, Instant, Instant)>,
    /// How long the last assessment took.
    took: Duration,
}

impl Burst {
    /// What there is now is assessed; what comes from now on is another burst.
    fn begins(&mut self, number: u64) {
        (self.assessed, self.last) = (number, None);
    }

    /// Whether there is something to assess, and it is time.
    fn is_over(&mut self, number: u64, now: Instant) -> bool {
        if number == self.assessed {
            return false;
        }
        let (seen, since, begun) = self.last.unwrap_or((number, now, now));
        let since = if seen == number { since } else { now };
        self.last = Some((number, since, begun));
        now - since >= QUIET || now - begun >= LONGEST.max(self.took / 2)
    }
}

/// A number that changes when a file does.
fn signature(paths: &[PathBuf]) -> u64 {
    let mut hash = DefaultHasher::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for path in paths {
        of_one(path, true, &mut hash, &mut folders);
    }
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let mut inside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        inside.sort();
        inside.iter().for_each(|path| of_one(path, false, &mut hash, &mut folders));
    }
    hash.finish()
}

fn of_one(path: &Path, named: bool, hash: &mut DefaultHasher, folders: &mut Vec<PathBuf>) {
    let is_hidden = path.file_name().is_some_and(|name| name == ".git");
    let Ok(about) = fs::metadata(path) else { return path.hash(hash) };
    if is_hidden {
        return;
    }
    if about.is_dir() {
        // A link could lead in a circle.
        let is_link = fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
        if named || !is_link {
            folders.push(path.to_owned());
        }
    } else {
        (path, about.len(), about.modified().ok()).hash(hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At which milliseconds something is assessed, when a change comes every so often until the end.
    fn assessed(every: u64, end: u64, took: u64) -> Vec<u64> {
        let (begun, mut burst) = (Instant::now(), Burst { took: Duration::from_millis(took), ..Burst::default() });
        let mut all = Vec::new();
        for at in (0..5_000).step_by(50) {
            let number = 1 + at.min(end) / every;
            if burst.is_over(number, begun + Duration::from_millis(at)) {
                burst.begins(number);
                all.push(at);
            }
        }
        all
    }

    #[test]
    fn a_burst_is_assessed_once_and_one_without_end_again_and_again() {
        assert_eq!(assessed(10_000, 5_000, 0), [200], "one change");
        assert_eq!(assessed(100, 300, 0), [400], "four changes in 300 ms");
        let never = assessed(50, 5_000, 0);
        assert_eq!(never.first(), Some(&400));
        assert!((9..13).contains(&never.len()), "{never:?}");
        let slow = assessed(50, 5_000, 2_000);
        assert_eq!(slow.first(), Some(&1_000), "an assessment of 2 s takes two thirds of the time: {slow:?}");
    }
}
