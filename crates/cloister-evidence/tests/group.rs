//! Many writers, and a process that is killed: what was acknowledged is there.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests run programs")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use cloister_evidence::folder::{Entry, Folder, Group, Kept, Reader};
use cloister_evidence::{Kind, seal};
use support::{at, check, dice, fresh_seed, log, salt, signer};

fn entry(number: u64) -> Entry {
    let payload = seal::plain(format!("number {number}").as_bytes());
    Entry { kind: Kind::Alert, time: at(1), salt: salt(number), payload }
}

fn clock() -> jiff::Timestamp {
    at(1)
}

#[test]
fn many_writers_each_find_what_they_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let group = Group::start(log(folder.path(), 3), clock).unwrap();
    let placed: Vec<(u64, u64)> = thread::scope(|scope| {
        let writers: Vec<_> = (0..8u64)
            .map(|writer| {
                let to = group.writer();
                scope.spawn(move || {
                    (0..40)
                        .map(|turn| {
                            (
                                to.append(vec![entry(writer * 1000 + turn), entry(writer * 1000 + turn + 500)])
                                    .unwrap(),
                                writer * 1000 + turn,
                            )
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let log = group.close().unwrap();
    assert_eq!(log.size(), 3 + 8 * 40 * 2);
    let reader = Reader::new(folder.path());
    for (index, number) in placed {
        for (index, number) in [(index, number), (index + 1, number + 500)] {
            let Kept::Whole { payload, .. } = reader.kept(index).unwrap() else { unreachable!() };
            assert_eq!(payload, entry(number).payload);
        }
    }
    assert!(check(folder.path(), &[]).holds());
}

/// Appends until it is killed, and says on standard output what was acknowledged.
#[test]
fn appender() {
    let Some(folder) = std::env::var_os("CLOISTER_APPENDS_TO") else { return };
    let group = Group::start(Folder::open(Path::new(&folder), signer()).unwrap(), clock).unwrap();
    let first = std::env::var("CLOISTER_APPENDS_FROM").unwrap().parse::<u64>().unwrap();
    for number in first.. {
        let batch = number % 7 + 1;
        let entries = (0..batch).map(|part| entry(number * 10 + part)).collect();
        let index = group.writer().append(entries).unwrap();
        writeln!(std::io::stderr(), "acknowledged {index} {number} {batch}").unwrap();
    }
}

#[test]
fn what_was_acknowledged_outlives_kill_9() {
    let mut seed = fresh_seed();
    let folder = tempfile::tempdir().unwrap();
    drop(log(folder.path(), 250));
    let (mut acknowledged, mut next) = (Vec::new(), 1_000u64);
    for _ in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "appender", "--nocapture", "--test-threads=1"])
            .env("CLOISTER_APPENDS_TO", folder.path())
            .env("CLOISTER_APPENDS_FROM", next.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = child.stderr.take().unwrap();
        let reading = thread::spawn(move || BufReader::new(errors).lines().map_while(Result::ok).collect::<Vec<_>>());
        thread::sleep(Duration::from_millis(60 + dice(&mut seed) % 250));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reading.join().unwrap() {
            let numbers: Vec<u64> = line.split(' ').skip(1).filter_map(|word| word.parse().ok()).collect();
            // The last line may be cut.
            if let [index, number, batch] = numbers[..] {
                acknowledged.push((index, number, batch));
                next = number + 1;
            }
        }
        next += 1;
        let outcome = check(folder.path(), &[]);
        assert!(outcome.holds(), "{:?}", outcome.faults);
        let reader = Reader::new(folder.path());
        for (index, number, batch) in &acknowledged {
            for part in 0..*batch {
                let Kept::Whole { payload, .. } = reader.kept(index + part).unwrap() else { unreachable!() };
                assert_eq!(payload, entry(number * 10 + part).payload, "entry {}", index + part);
            }
        }
    }
    assert!(!acknowledged.is_empty(), "nothing was acknowledged in time");
    println!("{} acknowledged", acknowledged.len());
}
