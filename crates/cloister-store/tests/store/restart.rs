//! A PostgreSQL that goes away under load: work resumes by itself, nothing acknowledged is lost or doubled.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cloister_store::{Assessments, Error, Item, Limits, Paging, Postgres, Queues, Retention, RunFilter};

use crate::faults::SmallDisk;
use crate::made::{address, at, run};
use crate::server::{Server, give};

const LIMITS: Limits = Limits { items: 1_000_000, bytes: 1 << 30 };

#[test]
fn work_resumes_after_restarts() {
    // A server that is set to answer before a commit is on its disk is overruled.
    let server = Server::with(&["synchronous_commit=off"], |_| {});
    let store = Postgres::open(address(&server.url("postgres")).connections(4)).unwrap();
    let (acknowledged, stop) = (Mutex::new(BTreeSet::new()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (store, acknowledged, stop) = (&store, &acknowledged, &stop);
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let id = format!("{thread}-{number}");
                    let item = Item { id: id.clone(), body: vec![1; 100] };
                    store.push("audit", &[item], LIMITS, at(0), at(9)).unwrap();
                    if number % 10 == 0 {
                        store.record(&run(&id, &format!("source-{thread}"), number, &["a", &id])).unwrap();
                    }
                    acknowledged.lock().unwrap().insert(id);
                }
            });
        }
        for round in 0..5 {
            let before = acknowledged.lock().unwrap().len();
            std::thread::sleep(Duration::from_millis(300));
            if round % 2 == 0 {
                server.kill()
            } else {
                server.stop()
            }
            server.up();
            let begun = Instant::now();
            while acknowledged.lock().unwrap().len() < before + 20 {
                assert!(begun.elapsed() < Duration::from_secs(60), "nothing goes on after the restart");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
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
    assert_eq!(stored, acknowledged);
    let mut page = Paging::first(1000);
    let mut runs = BTreeSet::new();
    loop {
        let found = store.runs(&RunFilter::default(), &page).unwrap();
        runs.extend(found.items.into_iter().map(|one| one.id));
        let Some(next) = found.next else { break };
        page = page.next(next);
    }
    let expected = acknowledged.iter().filter(|id| id.ends_with('0')).cloned().collect();
    assert_eq!(runs, expected);
    store.examine().unwrap();

    server.stop();
    let impatient = Postgres::open(address(&server.url("postgres")).patience(Duration::from_millis(200)));
    assert!(matches!(impatient.unwrap_err(), Error::Unreachable { .. }));
}

#[test]
fn a_full_disk_of_the_server_is_named_and_loses_nothing() {
    let (disk, journal) = (SmallDisk::new(80 << 20), tempfile::tempdir().unwrap());
    give(journal.path());
    // The journal lies elsewhere, as operators have it: without room for it a server ends itself.
    let server = Server::within(tempfile::tempdir_in(disk.0.path()).unwrap(), &[], |folder| {
        let (from, to) = (folder.join("data/pg_wal"), journal.path().join("wal"));
        assert!(std::process::Command::new("mv").args([&from, &to]).status().unwrap().success());
        std::os::unix::fs::symlink(to, from).unwrap();
    });
    let store = Postgres::open(address(&server.url("postgres"))).unwrap();
    let mut kept = BTreeSet::new();
    let mut push = |number: u64| {
        let id = format!("e{number}");
        // What the server cannot make smaller.
        let mut state = number;
        let random = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_le_bytes()[7]
        });
        let item = Item { id: id.clone(), body: random.take(1 << 18).collect() };
        store.push("audit", &[item], LIMITS, at(0), at(9)).map(|_| kept.insert(id))
    };
    let full = (0..400).find_map(|number| push(number).err()).expect("the disk never gets full");
    assert!(matches!(full, Error::DiskFull { .. }), "{full}");
    disk.grow("200m");
    for number in 1000..1005 {
        push(number).unwrap();
    }
    store.examine().unwrap();
    let taken = store.take("audit", 1000, at(0), Duration::from_secs(1)).unwrap();
    assert_eq!(taken.into_iter().map(|one| one.item.id).collect::<BTreeSet<_>>(), kept);
    drop(store);
    drop(server);
}
