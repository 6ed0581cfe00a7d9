//! A hub that is killed at random moments while events come in: what it acknowledged is there once, and the log verifies.
//!
//! The hub is a process of its own, killed by SIGKILL. Whoever sends does as real senders do: what was not acknowledged is
//! sent again, in the same words.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cloister_evidence::Kind;
use cloister_evidence::folder::{Folder, Keys};
use cloister_store::{DetectionFilter, Paging};
use serde_json::Value;

use super::ingest::{list, shell};
use super::{report, token};
use crate::detections::Detection;
use crate::evidence::{Log, Said};
use crate::ingest::queue;
use crate::{Config, Hub, Limits, Listen, Supplement, Tokens};

/// Names the folder to the process that is killed.
const FOLDER: &str = "CLOISTER_HUB_KILLED";
/// How often it is killed.
const ROUNDS: &str = "CLOISTER_HUB_KILLS";
/// Unless another number is asked for.
const FEW: u32 = 6;
/// Events in one batch: of as many people, but for one, who is the same in all.
const BATCH: u32 = 4;

fn log(folder: &Path) -> Log {
    let (key, path) = (folder.join("key"), folder.join("evidence"));
    let is_there = path.join("checkpoint").is_file();
    let keys = if key.is_file() { Keys::read(&key) } else { Keys::create(&key, "hub/test") }.unwrap();
    let signer = Keys::read(&key).unwrap().signer;
    let opened =
        if is_there { Folder::open(&path, signer) } else { Folder::create(&path, signer, jiff::Timestamp::now()) };
    Log::start(opened.unwrap(), (keys.signer.verifier().clone(), keys.sealer), path, Box::new(|| Ok(()))).unwrap()
}

/// The process that is killed. A test like the others where nobody asks for that.
#[test]
fn hub() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let hub = Hub::new(Config {
        tokens: Tokens::read(&format!("shop collector {}", token("shop"))).unwrap(),
        log: Some(log(folder)),
        hosts: vec!["hub".to_owned()],
        cookie: "cloister".to_owned(),
        folder: Some(folder.join("data")),
        ..Config::default()
    })
    .unwrap();
    hub.take(&"shop".into(), report::read(&report::json()), Supplement::default()).unwrap();
    println!("\n#{}", address.port());
    crate::serve(hub, Listen { socket, limits: Limits::default(), tls: None }, 2).unwrap();
}

struct Killed {
    child: Child,
    port: u16,
}

impl Killed {
    fn start(folder: &Path) -> Killed {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "trials::crash::hub", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| line.strip_prefix('#')?.parse().ok());
        Killed { child, port: port.unwrap() }
    }
}

/// It is killed, and so where a trial fails.
impl Drop for Killed {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends a batch. Who was not told that it was taken has what came instead.
fn send(port: u16, number: u32) -> Result<(), String> {
    let event = |at: u32| {
        let user = if at == 0 { "everybody".to_owned() } else { format!("u{number}-{at}") };
        // All within one hour, so that those of the same one are counted together.
        shell(&format!("{number}-{at}"), &user, number % 600)
    };
    let body = list(&(0..BATCH).map(event).collect::<Vec<_>>());
    let head = format!(
        "POST /api/v1/sources/shop/audit-webhook HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {}\r\n\r\n",
        token("shop"),
        body.len()
    );
    let mut answer = String::new();
    let asked = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(format!("{head}{body}").as_bytes())?;
        stream.read_to_string(&mut answer)
    });
    match asked {
        Ok(_) if answer.starts_with("HTTP/1.1 200") => Ok(()),
        Ok(_) => Err(answer),
        Err(error) => Err(format!("{answer}{error}")),
    }
}

/// Sends it until it is taken: a hub that has no room says when to come again.
fn send_at_last(port: u16, number: u32) {
    let begun = Instant::now();
    while let Err(instead) = send(port, number) {
        assert!(instead.starts_with("HTTP/1.1 429") && instead.contains("retry-after"), "it is there: {instead}");
        assert!(begun.elapsed() < Duration::from_secs(120), "there is room some day: {instead}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Two senders, each of its own batches; what is left over for the next hub comes back. Ends when the hub is gone.
fn senders(port: u16, next: &AtomicU32, open: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
    let (half, over) = (open.len() / 2, AtomicBool::new(false));
    let parts = [open[..half].to_vec(), open[half..].to_vec()];
    let sent = std::thread::scope(|scope| {
        let senders = parts.map(|mut todo| {
            let over = &over;
            scope.spawn(move || {
                let mut acknowledged = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let number = todo.pop().unwrap_or_else(|| next.fetch_add(1, Ordering::Relaxed));
                    if send(port, number).is_ok() {
                        acknowledged.push(number);
                    } else {
                        todo.push(number);
                        over.store(true, Ordering::Relaxed);
                    }
                }
                (acknowledged, todo)
            })
        });
        senders.map(|sender| sender.join().unwrap())
    });
    let [(mut acknowledged, mut open), (more, rest)] = sent;
    acknowledged.extend(more);
    open.extend(rest);
    (acknowledged, open)
}

#[test]
fn what_a_killed_hub_acknowledged_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = std::env::var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(FEW);
    let (next, mut acknowledged, mut open) = (AtomicU32::new(0), Vec::new(), Vec::new());
    for round in 0..rounds {
        let hub = Killed::start(folder.path());
        let port = hub.port;
        // From before anything is judged to after a place was saved; a fraction that differs from run to run is enough.
        let noise = u64::from(std::process::id()) * 7919 + u64::from(round) * 104_729;
        let wait = Duration::from_millis(if round % 5 == 4 { 3000 } else { 30 } + noise % 400);
        let (more, rest) = std::thread::scope(|scope| {
            let sending = scope.spawn(|| senders(port, &next, std::mem::take(&mut open)));
            std::thread::sleep(wait);
            drop(hub);
            sending.join().unwrap()
        });
        acknowledged.extend(more);
        open = rest;
    }
    let last = Killed::start(folder.path());
    for number in open {
        send_at_last(last.port, number);
        acknowledged.push(number);
    }
    wait_until_judged(&folder.path().join("data").join("hub.db"));
    drop(last);
    let numbers: BTreeSet<u32> = acknowledged.iter().copied().collect();
    assert_eq!(numbers.len(), acknowledged.len(), "each batch was acknowledged once");
    println!("{rounds} kills, {} events acknowledged", numbers.len() * BATCH as usize);
    judged(folder.path(), &numbers);
}

/// As long as it takes while it gets less: after many kills there is much.
fn wait_until_judged(data: &Path) {
    let waiting = || {
        let store = cloister_store::Sqlite::open(data).unwrap();
        cloister_store::Queues::queue_size(&store, &queue("shop")).unwrap().items
    };
    let (mut least, mut since) = (u64::MAX, Instant::now());
    while least > 0 {
        let now = waiting();
        if now < least {
            (least, since) = (now, Instant::now());
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{now} are not judged");
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Every event led to its detection, which is in the log once, where it says.
fn judged(folder: &Path, numbers: &BTreeSet<u32>) {
    let log = log(folder);
    let hub = Hub::new(Config { folder: Some(folder.join("data")), ..Config::default() }).unwrap();
    let mut kept: Vec<Detection> = Vec::new();
    let mut page = Paging::first(1000);
    loop {
        let part = hub.store.detections(&DetectionFilter::default(), &page).unwrap();
        kept.extend(part.items.iter().map(|one| Detection::kept(one).unwrap()));
        let Some(after) = part.next else { break };
        page = page.next(after);
    }
    let mut by_rule: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for one in &kept {
        *by_rule.entry(&one.seen.rule).or_default().entry(&one.seen.who.user).or_default() += one.seen.count;
    }
    let of_shells = by_rule.values().max_by_key(|users| users.len()).unwrap();
    let wanted: BTreeMap<String, u64> = numbers
        .iter()
        .flat_map(|number| (1..BATCH).map(move |at| (format!("u{number}-{at}"), 1)))
        .chain((!numbers.is_empty()).then(|| ("everybody".to_owned(), numbers.len() as u64)))
        .collect();
    let found: BTreeMap<String, u64> = of_shells.iter().map(|(user, count)| ((*user).to_owned(), *count)).collect();
    let differs: Vec<_> = wanted.iter().filter(|(user, count)| found.get(*user) != Some(count)).take(5).collect();
    assert!(differs.is_empty() && found.len() == wanted.len(), "{differs:?} {} {}", found.len(), wanted.len());
    in_the_log(&log, &kept);
    let outcome = log.verify(true);
    assert!(outcome.holds(), "{:?}", outcome.faults);
}

fn in_the_log(log: &Log, kept: &[Detection]) {
    let size = log.head().unwrap().size;
    let mut entries: BTreeMap<String, u64> = BTreeMap::new();
    let mut more: BTreeSet<(String, u64)> = BTreeSet::new();
    for entry in 0..size {
        let Some(Said::This(said)) = log.said_at((entry, size), Kind::Detection) else { continue };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(id) = text(&said["detection"]["id"]) {
            assert!(entries.insert(id, entry).is_none(), "it is recorded once");
        } else {
            let (id, count) = (text(&said["continued"]["id"]).unwrap(), said["continued"]["count"].as_u64().unwrap());
            assert!(more.insert((id, count)), "that it went on is recorded once");
        }
    }
    assert_eq!(entries.len(), kept.len());
    for one in kept {
        assert_eq!(entries.get(&one.id).copied(), one.entry, "it stands where it says");
        let continued = more.iter().any(|(id, count)| *id == one.id && *count == one.seen.count);
        assert!(continued || one.seen.count == 1, "{} {}", one.id, one.seen.count);
    }
}
