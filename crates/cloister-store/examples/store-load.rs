//! Measures a store: `store-load sqlite|postgres FOLDER`. Prints a line of JSON. The server is started for it, as the tests
//! do, with its commits on the disk.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a load of the benchmark, which stops where anything fails"
)]

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/store/server.rs"]
mod server;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cloister_model::Severity;
use cloister_store::{
    Address, Detection, FindingFilter, Item, Judged, Limits, Paging, Postgres, Run, Seen, Sqlite, Status, Store,
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Callers at once.
const CALLERS: u64 = 16;
/// How long each rate is measured.
const LONG: Duration = Duration::from_secs(5);
/// Findings of the large assessment.
const FINDINGS: u32 = 50_000;
/// Pages that are read.
const PAGES: u32 = 300;

const LIMITS: Limits = Limits { items: u64::MAX, bytes: u64::MAX };

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, kind, folder] = &arguments[..] else { panic!("store-load sqlite|postgres FOLDER") };
    let folder = tempfile::tempdir_in(folder).unwrap();
    let measured = if kind == "sqlite" {
        measure(&Sqlite::open(&folder.path().join("hub.db")).unwrap())
    } else {
        let server = server::Server::within(folder, &[], |_| {});
        let address = Address::new(&server.database()).unwrap().connections(usize::try_from(CALLERS).unwrap());
        measure(&Postgres::open(address).unwrap())
    };
    println!("{measured}");
}

fn measure(store: &dyn Store) -> Value {
    let one = rate(|number| push(store, number, 1));
    let hundred = rate(|number| push(store, number + (1 << 40), 100)) * 100.0;
    let done = drain(store);
    let detections = rate(|number| {
        store.keep_detections(&[detection(number)]).unwrap();
    });
    let mut run = large();
    let quiet = peak();
    let mut times = Vec::new();
    // First, unchanged, and with every hundredth finding replaced.
    for round in 0..3_u32 {
        run.id = format!("run-{round}");
        if round == 2 {
            run.findings.iter_mut().step_by(100).for_each(|one| one.id.push('x'));
        }
        let start = Instant::now();
        store.record(&run).unwrap();
        times.push(start.elapsed().as_secs_f64());
    }
    let (middle, slow) = pages(store);
    json!({
        "one": one, "hundred": hundred, "done": done, "detections": detections, "first": times[0], "unchanged": times[1],
        "changed": times[2], "page": middle, "slowPage": slow, "quiet": quiet, "peak": peak(),
    })
}

/// How often a call is answered in a second, made by many at once.
fn rate(call: impl Fn(u64) + Sync) -> f64 {
    let (next, start) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while start.elapsed() < LONG {
                    call(next.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
    });
    next.into_inner() as f64 / start.elapsed().as_secs_f64()
}

fn push(store: &dyn Store, number: u64, items: u64) {
    let now = Timestamp::now();
    let item = |one| Item { id: format!("3f6a8c1e-{number:012x}-{one:04x}"), body: vec![b'x'; 1000] };
    let items: Vec<Item> = (0..items).map(item).collect();
    store.push("audit", &items, LIMITS, now, now + Duration::from_secs(3600)).unwrap();
}

/// How many items are taken and done in a second, a hundred at a time.
fn drain(store: &dyn Store) -> f64 {
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < LONG {
        let taken = store.take("audit", 100, Timestamp::now(), Duration::from_secs(60)).unwrap();
        let receipts: Vec<_> = taken.iter().map(|one| one.receipt).collect();
        if receipts.is_empty() {
            break;
        }
        count += store.done("audit", &receipts).unwrap();
    }
    count as f64 / start.elapsed().as_secs_f64()
}

fn detection(number: u64) -> Detection {
    Detection {
        id: format!("detection-{number}"),
        source: "prod".to_owned(),
        rule: "secret-read-by-person".to_owned(),
        severity: Severity::High,
        at: Timestamp::now(),
        namespace: Some("clinic".to_owned()),
        suspects_breach: false,
        body: vec![b'x'; 800],
    }
}

fn large() -> Run {
    let seen = |number: u32| Seen {
        id: format!("{:016x}", u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        check: format!("check-{}", number % 120),
        severity: Severity::ALL[(number % 5) as usize],
        namespace: Some(format!("namespace-{}", number % 300)),
        resource: format!("Deployment/workload-{}", number / 5),
        rank: number % 400,
        accepted: number.is_multiple_of(50),
    };
    let judged = |number: u32| Judged {
        framework: format!("framework-{}", number % 7),
        requirement: number.to_string(),
        status: Status::ALL[(number % 4) as usize],
    };
    Run {
        id: String::new(),
        source: "prod".to_owned(),
        at: Timestamp::now(),
        // What zstd makes of the JSON of so many findings.
        body: (0..4_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
        findings: (0..FINDINGS).map(seen).collect(),
        requirements: (0..600).map(judged).collect(),
        since: None,
        only: cloister_store::OnlyIf::default(),
    }
}

/// Pages of a hundred open findings, one after the other: the middle time, and the 99th of a hundred.
fn pages(store: &dyn Store) -> (f64, f64) {
    let (mut page, mut times) = (Paging::first(100), Vec::new());
    for _ in 0..PAGES {
        let start = Instant::now();
        let found = store.findings(&FindingFilter::default(), &page).unwrap();
        times.push(start.elapsed().as_secs_f64());
        page = found.next.map_or(Paging::first(100), |next| page.next(next));
    }
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// The largest resident set of this process so far, in kibibytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}
