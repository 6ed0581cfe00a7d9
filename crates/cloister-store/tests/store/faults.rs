//! SQLite when its process is killed, and when its disk is full: nothing acknowledged is lost or doubled.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cloister_store::{
    Assessments, Documents, Error, FindingFilter, Findings, Item, Kind, Limits, Paging, Put, Queues, Retention, Sqlite,
    State,
};

use crate::made::{at, draft, file, run};

const LIMITS: Limits = Limits { items: 10_000_000, bytes: 1 << 30 };
/// Names the file to a process that writes until it is killed.
const WRITE: &str = "CLOISTER_STORE_WRITE";
/// How often a writer is killed, and how long that may take altogether.
const ROUNDS: (u32, Duration) = (60, Duration::from_secs(40));

/// The process that is killed: writes with four threads, and says on its output what was acknowledged. A test like the
/// others where nobody asks for that.
#[test]
fn writer() {
    let Some(path) = std::env::var_os(WRITE) else { return };
    let store = Sqlite::open(Path::new(&path)).unwrap();
    let round: u64 = std::env::var("ROUND").unwrap().parse().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let id = format!("{round}-{thread}-{number}");
                    acknowledged(&format!("{id} is begun"));
                    let item = Item { id: id.clone(), body: vec![b'x'; 300] };
                    store.push("audit", &[item], LIMITS, at(0), at(9)).unwrap();
                    acknowledged(&format!("{id} is queued"));
                    if number % 5 == 0 {
                        let ids: Vec<String> = (0..50).map(|one| format!("{id}-{one}")).collect();
                        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                        store.record(&run(&id, "prod", number, &ids)).unwrap();
                        acknowledged(&format!("{id} is recorded"));
                        change(store, thread);
                    }
                }
            });
        }
    });
}

fn acknowledged(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "\n#{line}").and_then(|()| out.flush());
}

/// Adds one to a number in a document.
fn change(store: &Sqlite, thread: u64) {
    let id = format!("counter-{thread}");
    let there = store.document(Kind::Setting, &id).unwrap();
    let (version, state) = there.map_or((0, 0), |one| (one.version, one.draft.state.parse::<u64>().unwrap()));
    let put = store.put(&draft(Kind::Setting, &id, &(state + 1).to_string()), version, at(1)).unwrap();
    assert!(matches!(put, Put::Kept(_)));
    acknowledged(&format!("counter-{thread} {} is put", state + 1));
}

/// Starts a writer, kills it after a while, and returns what it said.
fn killed(path: &Path, round: u32, after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::writer", "--nocapture", "--test-threads=1"])
        .env(WRITE, path)
        .env("ROUND", round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || {
        lines.map_while(Result::ok).filter_map(|line| line.strip_prefix('#').map(str::to_owned)).collect()
    });
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_writer_that_is_killed_loses_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let (path, start) = (file(&folder), Instant::now());
    let (mut said, mut rounds, mut seed) = (Vec::new(), 0, u64::from(std::process::id()));
    while rounds < ROUNDS.0 && start.elapsed() < ROUNDS.1 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        said.extend(killed(&path, rounds, Duration::from_millis(20 + (seed >> 33) % 180)));
        rounds += 1;
    }
    let store = Sqlite::open(&path).unwrap();
    store.examine().unwrap();
    let with = |end: &str| -> BTreeSet<&str> { said.iter().filter_map(|line| line.strip_suffix(end)).collect() };
    let queued = with(" is queued");
    assert!(rounds >= 10 && queued.len() > 50, "{rounds} rounds, {} items", queued.len());
    let mut stored = BTreeSet::new();
    loop {
        let taken = store.take("audit", 1000, at(0), Duration::from_secs(1)).unwrap();
        if taken.is_empty() {
            break;
        }
        for one in taken {
            assert!(stored.insert(one.item.id.clone()), "{} is there twice", one.item.id);
        }
    }
    let begun = with(" is begun");
    assert!(queued.iter().all(|id| stored.contains(*id)), "something acknowledged is lost");
    assert!(stored.iter().all(|id| begun.contains(id.as_str())), "something is there that nobody wrote");
    for id in with(" is recorded") {
        let run = store.run(id).unwrap().unwrap_or_else(|| panic!("{id} is lost"));
        assert_eq!(
            (run.counts.open.iter().sum::<u64>(), store.body(id).unwrap().unwrap()),
            (50, id.as_bytes().to_vec())
        );
    }
    // The findings that are open are those of the last run, all of them and no other's.
    let last = &store.sources().unwrap()[0].last.id;
    let filter = FindingFilter { state: State::Present, ..FindingFilter::default() };
    let open = store.findings(&filter, &Paging::first(9999)).unwrap().items;
    assert_eq!(open.len(), 50);
    assert!(open.iter().all(|one| one.seen.id.starts_with(&format!("{last}-"))));
    for thread in 0..4 {
        let name = format!("counter-{thread} ");
        let put = with(" is put").iter().filter_map(|line| line.strip_prefix(&name)?.parse().ok()).max().unwrap_or(0);
        let stored =
            store.document(Kind::Setting, name.trim()).unwrap().map_or(0, |one| one.draft.state.parse().unwrap());
        assert!(stored >= put, "counter-{thread} is {stored}, and {put} was acknowledged");
    }
}

/// A small disk in a folder; it needs root, as the tests of nodes do.
pub struct SmallDisk(pub tempfile::TempDir);

impl SmallDisk {
    pub fn new(bytes: u32) -> SmallDisk {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "cloister-store"])
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(mounted.success(), "a small disk cannot be mounted: run this as root");
        SmallDisk(folder)
    }

    pub fn grow(&self, size: &str) {
        let mounted = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(self.0.path()).status();
        assert!(mounted.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let disk = SmallDisk::new(3 << 20);
    let path = file(&disk.0);
    let store = Sqlite::open(&path).unwrap();
    let mut kept = BTreeSet::new();
    let mut push = |number: u32| {
        let id = format!("e{number}");
        let pushed = store.push("audit", &[Item { id: id.clone(), body: vec![b'x'; 8000] }], LIMITS, at(0), at(9));
        pushed.map(|_| kept.insert(id))
    };
    let full = (0..1000).find_map(|number| push(number).err()).expect("the disk never gets full");
    assert!(matches!(full, Error::DiskFull { .. }), "{full}");
    for number in 2000..2010 {
        if let Err(error) = push(number) {
            assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        }
    }
    // What is there can still be read, and room makes it go on.
    store.queue_size("audit").unwrap();
    disk.grow("32m");
    for number in 3000..3010 {
        push(number).unwrap();
    }
    store.examine().unwrap();
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    let taken = store.take("audit", 10_000, at(0), Duration::from_secs(1)).unwrap();
    assert_eq!(taken.into_iter().map(|one| one.item.id).collect::<BTreeSet<_>>(), kept);
}

#[test]
fn a_disk_that_is_full_from_the_start_is_named() {
    let disk = SmallDisk::new(64 << 10);
    std::fs::write(disk.0.path().join("fill"), vec![0; 60 << 10]).unwrap();
    let error = Sqlite::open(&file(&disk.0)).unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
}
