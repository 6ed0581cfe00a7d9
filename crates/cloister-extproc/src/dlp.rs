//! The guard by policies: what a `DlpPolicy` says of a value becomes its fate, and each leak one finding.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cloister_dlp::document::Finding;
use cloister_dlp::{Baselines, Findings, Key, Knowledge, Limits, Names, Party, Recognised, Tallies};
use cloister_register::documents::{DlpAction, WireProtocol};

use crate::body::Fate;
use crate::guard::{Direction, Guard, Passage, Setting, Undone};

/// What all exchanges share.
pub struct Office {
    knowledge: RwLock<Arc<Knowledge>>,
    findings: Mutex<Findings>,
    undone: [AtomicU64; Undone::ALL.len()],
    exchanges: AtomicU64,
    /// Keys the hashes that count different values: it is made at the start and never leaves.
    key: Key,
    /// Microseconds since 1970.
    clock: fn() -> u64,
    encrypted: bool,
}

impl Office {
    /// One that knows this, and asks `clock` for the time in microseconds since 1970. `encrypted`: what passes is
    /// encrypted on its way, whatever Envoy tells of its own side.
    pub fn new(knowledge: Knowledge, clock: fn() -> u64, encrypted: bool) -> Office {
        Office {
            knowledge: RwLock::new(Arc::new(knowledge)),
            findings: Mutex::new(Findings::new(Limits::default())),
            undone: Default::default(),
            exchanges: AtomicU64::new(0),
            key: key(),
            clock,
            encrypted,
        }
    }

    /// From here on, new exchanges go by this.
    pub fn learn(&self, knowledge: Knowledge) {
        *self.knowledge.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(knowledge);
    }

    /// What was learnt before.
    pub fn remember(&self, baselines: Baselines) {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).remember(baselines);
    }

    /// What is usual, as far as it is learnt, as a text to be kept.
    pub fn baselines(&self) -> String {
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        findings.baselines((self.clock)()).write()
    }

    /// All findings so far.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).all()
    }

    /// The findings that are new or grew since this was last asked.
    pub fn changed(&self) -> Vec<Finding> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).changed()
    }

    /// How often something could not be done, by why.
    pub fn undone(&self) -> impl Iterator<Item = (Undone, u64)> {
        let count = |why: Undone| self.undone.get(why as usize).map_or(0, |count| count.load(Ordering::Relaxed));
        Undone::ALL.into_iter().map(move |why| (why, count(why)))
    }

    /// How many exchanges were seen.
    pub fn exchanges(&self) -> u64 {
        self.exchanges.load(Ordering::Relaxed)
    }

    /// The guard of one exchange.
    pub fn guard(self: &Arc<Office>) -> Box<dyn Guard> {
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        let knowledge = Arc::clone(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner));
        Box::new(Clerk {
            office: Arc::clone(self),
            knowledge,
            names: Names::new(0),
            request: Tallies::default(),
            response: Tallies::default(),
        })
    }
}

struct Clerk {
    office: Arc<Office>,
    knowledge: Arc<Knowledge>,
    names: Names,
    request: Tallies,
    response: Tallies,
}

/// Who talks.
struct Ends {
    client: Party,
    server: Party,
    port: u16,
}

impl Clerk {
    fn ends(&self, passage: &Passage, time: u64) -> Ends {
        let (client, _) = address(&passage.source);
        let (server, port) = address(&passage.destination);
        let party =
            |address, called| self.knowledge.directory.party(address, host(&passage.host), called, &self.names, time);
        Ends { client: party(client, false), server: party(server, true), port }
    }

    fn passage<'a>(&self, direction: Direction, passage: &'a Passage, ends: &'a Ends) -> cloister_dlp::Passage<'a> {
        let (sender, recipient) = match direction {
            Direction::Request => (&ends.client, &ends.server),
            Direction::Response => (&ends.server, &ends.client),
        };
        cloister_dlp::Passage {
            sender,
            recipient,
            protocol: if passage.media.starts_with("application/grpc") {
                WireProtocol::Grpc
            } else {
                WireProtocol::Http
            },
            encrypted: passage.encrypted || self.office.encrypted,
            host: host(&passage.host),
            target: &passage.path,
        }
    }

    fn books(&mut self, direction: Direction) -> &mut Tallies {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }
}

impl Guard for Clerk {
    fn setting(&self) -> Setting {
        Setting { lens: self.knowledge.lens.clone(), key: self.office.key }
    }

    fn next_value(&mut self, direction: Direction) {
        self.books(direction).next_value();
    }

    fn judge(&mut self, direction: Direction, passage: &Passage, recognised: &mut Recognised) -> Fate {
        let time = (self.office.clock)();
        let (ends, today) = (self.ends(passage, time), cloister_dlp::day(time));
        let passed = self.passage(direction, passage, &ends);
        let knowledge = Arc::clone(&self.knowledge);
        let books = self.books(direction);
        if !books.take(&knowledge.lens, recognised, 0) {
            return Fate::Pass;
        }
        let decided = books.asked(recognised).filter_map(|seen| knowledge.action(&passed, &seen, today));
        decided.map(|decision| fate(decision.action)).max().unwrap_or(Fate::Pass)
    }

    fn worst(&self, direction: Direction, passage: &Passage) -> Fate {
        let ends = self.ends(passage, (self.office.clock)());
        self.knowledge.most(&self.passage(direction, passage, &ends)).map_or(Fate::Pass, fate)
    }

    fn refuses_unsearched(&self, direction: Direction, passage: &Passage) -> bool {
        let time = (self.office.clock)();
        let ends = self.ends(passage, time);
        self.knowledge.unsearchable(&self.passage(direction, passage, &ends), cloister_dlp::day(time)).is_some()
    }

    fn unsearched(&mut self, direction: Direction, passage: &Passage, why: Undone) -> Fate {
        self.undone(direction, passage, why);
        let time = (self.office.clock)();
        let ends = self.ends(passage, time);
        let passed = self.passage(direction, passage, &ends);
        let mut findings = self.office.findings.lock().unwrap_or_else(PoisonError::into_inner);
        let action = findings.unsearched(&self.knowledge, &passed, (ends.port, time), why.as_str());
        action.map_or(Fate::Pass, fate)
    }

    fn undone(&mut self, _: Direction, _: &Passage, why: Undone) {
        if let Some(count) = self.office.undone.get(why as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn ended(&mut self, direction: Direction, passage: &Passage) {
        if direction == Direction::Request && passage.source.is_empty() {
            self.undone(direction, passage, Undone::Unnamed);
        }
        let books = self.books(direction);
        if books.is_silent() {
            return;
        }
        let (tallies, records) = (books.drain(), books.drain_records().max(1));
        let time = (self.office.clock)();
        let ends = self.ends(passage, time);
        let passed = self.passage(direction, passage, &ends);
        let mut findings = self.office.findings.lock().unwrap_or_else(PoisonError::into_inner);
        findings.add(&self.knowledge, &passed, (ends.port, time), &tallies, records);
    }
}

/// Made at the start.
fn key() -> Key {
    let half = |number: u8| RandomState::new().hash_one(number).to_le_bytes();
    let mut key = Key::default();
    key.iter_mut().zip(half(0).into_iter().chain(half(1))).for_each(|(byte, random)| *byte = random);
    key
}

fn fate(action: DlpAction) -> Fate {
    match action {
        DlpAction::Record | DlpAction::Alert => Fate::Pass,
        DlpAction::Redact => Fate::Redact,
        DlpAction::Block => Fate::Block,
    }
}

/// The host without its port.
fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// An address and its port, as Envoy writes them; without any, the loopback, which no workload of an inventory has.
fn address(text: &str) -> (IpAddr, u16) {
    match text.parse::<std::net::SocketAddr>() {
        Ok(address) => (address.ip(), address.port()),
        Err(_) => (text.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), 0),
    }
}
