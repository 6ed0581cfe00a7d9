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
/// and whoever never rests is assessed after so long. What came while the last assessment ran has waited meanwhile.
const LONGEST: Duration = Duration::from_millis(400);
/// Between two assessments lies this part of the time that one takes: all of them take four fifths of the time at most.
const REST: u32 = 4;

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
                    burst.ends(begun, Instant::now());
                    if is_taken {
                        let came = self.followed.as_ref().map_or_else(Vec::new, |one| one.came(burst.assessed));
                        // What was there at the beginning did not change.
                        if last.is_some() {
                            hub.numbers.assessed(burst.took(), came.into_iter().chain(changed));
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
    /// When the last assessment began and ended.
    assessment: Option<(Instant, Instant)>,
    /// Whether what is seen next may have come since that began.
    is_behind: bool,
}

impl Burst {
    /// What there is now is assessed; what comes from now on is another burst.
    fn begins(&mut self, number: u64) {
        (self.assessed, self.last) = (number, None);
    }

    /// The assessment of it ended.
    fn ends(&mut self, begun: Instant, ended: Instant) {
        (self.assessment, self.is_behind) = (Some((begun, ended)), true);
    }

    /// How long the last assessment took.
    fn took(&self) -> Duration {
        self.assessment.map_or(Duration::ZERO, |(begun, ended)| ended - begun)
    }

    /// Whether there is something to assess, and it is time.
    fn is_over(&mut self, number: u64, now: Instant) -> bool {
        let is_behind = std::mem::take(&mut self.is_behind);
        if number == self.assessed {
            return false;
        }
        let waits = self.assessment.filter(|_| is_behind).map_or(now, |(begun, _)| begun);
        let (seen, since, begun) = self.last.unwrap_or((number, now, waits));
        let since = if seen == number { since } else { now };
        self.last = Some((number, since, begun));
        let has_rested = self.assessment.is_none_or(|(_, ended)| now - ended >= self.took() / REST);
        has_rested && (now - since >= QUIET || now - begun >= LONGEST)
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

    /// At which milliseconds something is assessed, and takes so long, when a change comes every so often until the end.
    fn assessed(every: u64, end: u64, took: u64) -> Vec<u64> {
        let (begun, mut burst) = (Instant::now(), Burst::default());
        let (mut all, mut at) = (Vec::new(), 0);
        let time = |at| begun + Duration::from_millis(at);
        while at < 5_000 {
            if burst.is_over(1 + at.min(end) / every, time(at)) {
                burst.begins(1 + at.min(end) / every);
                all.push(at);
                burst.ends(time(at), time(at + took));
                at += took;
            }
            at += 50;
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
    }

    #[test]
    fn what_came_during_an_assessment_has_waited_and_follows_after_a_rest() {
        assert_eq!(
            assessed(50, 5_000, 800),
            [400, 1_400, 2_400, 3_400, 4_400],
            "800 ms each, and a fourth of it between"
        );
        let two = assessed(600, 600, 1_000);
        assert_eq!(two, [200, 1_450], "the second came while the first was assessed, and is at rest");
        assert_eq!(assessed(1_000, 1_000, 100), [200, 1_200], "one that came later waits for a pause alone");
    }
}
