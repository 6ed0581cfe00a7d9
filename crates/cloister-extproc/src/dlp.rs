//! The guard by policies: what a `DlpPolicy` says of a value becomes its fate, and each leak one finding.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cloister_detect::Detection;
use cloister_dlp::document::Finding;
use cloister_dlp::{Findings, Knowledge, Limits, Names, Party, Seen, Tally, Where};
use cloister_register::documents::{DlpAction, WireProtocol};

use crate::body::Fate;
use crate::guard::{Direction, Guard, Passage, Spot, Undone};

/// So many different values of a message are remembered, to count them over messages.
const HASHES: usize = 256;
/// So many places of values are told apart in one message.
const PLACES: usize = 64;

/// What all exchanges share.
pub struct Office {
    knowledge: RwLock<Arc<Knowledge>>,
    findings: Mutex<Findings>,
    undone: [AtomicU64; Undone::ALL.len()],
    exchanges: AtomicU64,
    /// Keys the hashes that count different values: it is made at the start and never leaves.
    key: RandomState,
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
            key: RandomState::new(),
            clock,
            encrypted,
        }
    }

    /// From here on, new exchanges go by this.
    pub fn learn(&self, knowledge: Knowledge) {
        *self.knowledge.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(knowledge);
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
            request: Books::default(),
            response: Books::default(),
        })
    }
}

/// What was seen of one message.
#[derive(Default)]
struct Books {
    tallies: Vec<Tally>,
}

struct Clerk {
    office: Arc<Office>,
    knowledge: Arc<Knowledge>,
    names: Names,
    request: Books,
    response: Books,
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

    fn books(&mut self, direction: Direction) -> &mut Books {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }
}

impl Guard for Clerk {
    fn judge(
        &mut self,
        direction: Direction,
        passage: &Passage,
        spot: Spot<'_>,
        detection: &Detection,
        value: &[u8],
    ) -> Fate {
        if detection.test_data {
            return Fate::Pass;
        }
        let (place, field) = place(passage, spot, detection);
        let hash = self.office.key.hash_one(value);
        let count = self.books(direction).take(detection, place, field, hash);
        let time = (self.office.clock)();
        let ends = self.ends(passage, time);
        let seen = Seen { category: detection.category, confidence: detection.confidence, place, field, count };
        let today = cloister_dlp::day(time);
        let decision = self.knowledge.action(&self.passage(direction, passage, &ends), &seen, today);
        decision.map_or(Fate::Pass, |decision| fate(decision.action))
    }

    fn worst(&self, direction: Direction, passage: &Passage) -> Fate {
        let ends = self.ends(passage, (self.office.clock)());
        self.knowledge.most(&self.passage(direction, passage, &ends)).map_or(Fate::Pass, fate)
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
        let tallies = std::mem::take(&mut self.books(direction).tallies);
        if tallies.is_empty() {
            return;
        }
        let time = (self.office.clock)();
        let ends = self.ends(passage, time);
        let passed = self.passage(direction, passage, &ends);
        let mut findings = self.office.findings.lock().unwrap_or_else(PoisonError::into_inner);
        findings.add(&self.knowledge, &passed, (ends.port, time), &tallies, 1);
    }
}

impl Books {
    /// Takes one value; says how many of its category the message holds so far.
    fn take(&mut self, detection: &Detection, place: Where, field: &str, hash: u64) -> u64 {
        let same = |tally: &Tally| tally.kind == detection.kind && tally.place == place && &*tally.field == field;
        match self.tallies.iter_mut().find(|tally| same(tally)) {
            Some(tally) => {
                tally.count += 1;
                tally.confidence = tally.confidence.max(detection.confidence);
                if tally.hashes.len() < HASHES {
                    tally.hashes.push(hash);
                }
            }
            None => {
                // Beyond, places are told apart no more.
                let field = if self.tallies.len() < PLACES { field } else { "" };
                self.tallies.push(Tally {
                    category: detection.category,
                    kind: detection.kind,
                    confidence: detection.confidence,
                    place,
                    field: field.into(),
                    count: 1,
                    hashes: vec![hash],
                });
            }
        }
        let of_category = self.tallies.iter().filter(|tally| tally.category == detection.category);
        of_category.map(|tally| tally.count).sum()
    }
}

fn place<'a>(passage: &Passage, spot: Spot<'a>, detection: &'a Detection) -> (Where, &'a str) {
    match spot {
        Spot::Url if detection.offset > passage.path.len() => (Where::Query, ""),
        Spot::Url => (Where::Path, ""),
        Spot::Header(name) => (Where::Header, name),
        Spot::Body => (Where::Body, detection.column.as_deref().unwrap_or("")),
    }
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
