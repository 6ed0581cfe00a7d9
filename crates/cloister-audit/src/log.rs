//! What a log comes to: who did what, each once.

use std::hash::BuildHasher;
use std::sync::Arc;

use cloister_model::Diagnostic;
use cloister_rbac::{Action, Identity, Request};
use foldhash::fast::FixedState;
use foldhash::{HashMap, HashSet};
use jiff::Timestamp;

use crate::actions::{Actions, Asked, Counted, nth};
use crate::event::{Event, Outcome};
use crate::reader::{Met, Takes};
use crate::users::Users;
use crate::words::Words;
use crate::{implied, key, reader};

/// The time that counts: from `since` on, and before `until`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub since: Option<Timestamp>,
    /// The first moment that counts no more.
    pub until: Option<Timestamp>,
}

impl Window {
    fn holds(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return self.since.is_none() && self.until.is_none() };
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// How much there was of what. Nothing is left out without being counted here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes, as they are once they are unpacked.
    pub bytes: u64,
    /// Events of every stage.
    pub events: u64,
    /// Events that a request has arrived: nothing is decided yet.
    pub received: u64,
    /// Requests that the authoriser refused.
    pub denied: u64,
    /// Requests whose event does not say what the authoriser decided, and whose answer does not tell either.
    pub unsaid: u64,
    /// Requests that the node authoriser allowed.
    pub nodes: u64,
    /// Allowed requests outside the window.
    pub outside: u64,
    /// JSON that is no audit event.
    pub foreign: u64,
    /// Lines and parts that could not be read.
    pub unreadable: u64,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.bytes += other.bytes;
        self.events += other.events;
        self.received += other.received;
        self.denied += other.denied;
        self.unsaid += other.unsaid;
        self.nodes += other.nodes;
        self.outside += other.outside;
        self.foreign += other.foreign;
        self.unreadable += other.unreadable;
    }
}

/// An action that somebody was allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Who: the one that the request was answered as.
    pub identity: Arc<Identity>,
    /// What.
    pub action: Action,
    /// How many requests in the window; 0 for what was used at other times only.
    pub requests: u64,
    /// The last time, in the window or out of it, where events say when.
    pub last: Option<Timestamp>,
    /// Why the last one was allowed, in the authoriser's words; empty where it gave none.
    pub reason: Arc<str>,
}

impl Use {
    /// The question that the authoriser was asked.
    pub fn request(&self) -> Request {
        Request { identity: Identity::clone(&self.identity), action: self.action.clone() }
    }
}

/// Everything that logs came to. Logs are read in any order, and can be read apart and merged.
#[derive(Debug, Default)]
pub struct Log {
    window: Window,
    /// What was read.
    pub tally: Tally,
    /// What could not be.
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) identities: Words,
    pub(crate) reasons: Words,
    pub(crate) actions: Actions,
    long: Long,
    key: Vec<u8>,
}

/// Long requests, of which only one of two events was met.
#[derive(Debug, Default)]
struct Long {
    /// Those that have started, with their row.
    started: HashMap<u64, u32>,
    /// Those that have ended.
    ended: HashSet<u64>,
}

impl Long {
    fn start(&mut self, id: u64, row: u32) {
        if !self.ended.remove(&id) {
            self.started.insert(id, row);
        }
    }

    fn end(&mut self, id: u64) {
        if self.started.remove(&id).is_none() {
            self.ended.insert(id);
        }
    }
}

impl Log {
    /// An empty one.
    pub fn new(window: Window) -> Log {
        Log { window, ..Log::default() }
    }

    /// Reads one log, packed by gzip or not. `name` is what messages call it.
    pub fn read(&mut self, name: &str, input: impl std::io::Read) {
        reader::read(self, name, input);
    }

    /// The log by its users, in the order of their names.
    pub fn users(&self) -> Users<'_> {
        Users::of(self)
    }

    /// Everything that was allowed, in the order of who and what; see [`Users::uses`].
    pub fn uses(&self) -> Vec<Use> {
        let users = self.users();
        users.users.iter().flat_map(|user| users.uses(user)).collect()
    }

    /// How many requests of a row have started and not ended.
    pub(crate) fn running(&self) -> HashMap<u32, u64> {
        let mut running = HashMap::default();
        let in_window = |row: &u32| self.actions.row(*row).is_some_and(|row| row.counted.in_window);
        for &row in self.long.started.values().filter(|row| in_window(row)) {
            *running.entry(row).or_default() += 1;
        }
        running
    }

    /// Adds what another log came to, in the same window.
    pub fn merge(&mut self, other: Log) {
        self.tally.add(&other.tally);
        self.diagnostics.extend(other.diagnostics);
        let identities: Vec<u32> = other.identities.iter().map(|word| self.identities.number(word)).collect();
        let reasons: Vec<u32> = other.reasons.iter().map(|word| self.reasons.number(word)).collect();
        let rows = self.actions.merge(&other.actions, &identities, &reasons);
        other.long.started.into_iter().for_each(|(id, row)| self.long.start(id, nth(&rows, row)));
        other.long.ended.into_iter().for_each(|id| self.long.end(id));
    }

    pub(crate) fn add(&mut self, event: &Event<'_>) {
        self.tally.events += 1;
        let starts = match &*event.stage {
            "RequestReceived" => {
                self.tally.received += 1;
                return;
            }
            stage => stage == "ResponseStarted",
        };
        let Some(user) = &event.user else { return };
        match event.outcome() {
            Outcome::Allowed => {}
            // Told once, at the end of the request.
            _ if starts => return,
            Outcome::Denied => return self.tally.denied += 1,
            Outcome::Unsaid => return self.tally.unsaid += 1,
        }
        let groups =
            |groups: &Option<Vec<crate::text::Text<'_>>>, numbered: &mut Words, key: &mut Vec<u8>, user: &str| {
                key::write(key, user, groups.iter().flatten().map(|group| &**group));
                numbered.number(key)
            };
        let real = groups(&user.groups, &mut self.identities, &mut self.key, &user.username);
        let (identity, name, of) = match &event.impersonated_user {
            Some(other) => (
                groups(&other.groups, &mut self.identities, &mut self.key, &other.username),
                &*other.username,
                &other.groups,
            ),
            None => (real, &*user.username, &user.groups),
        };
        let counts = Counts::of(event, starts, self.window, self.reasons.number(event.reason().as_bytes()));
        implied::impersonation(event, &mut |asked| {
            self.count(real, &asked, Counts { reason: None, ..counts });
        });
        let is_node = name.starts_with("system:node:") && of.iter().flatten().any(|group| &**group == "system:nodes");
        if is_node && !event.reason().starts_with("RBAC:") {
            self.tally.nodes += u64::from(!starts);
            return;
        }
        self.tally.outside += u64::from(!starts && !counts.in_window);
        implied::action(event, &mut |asked| self.count(identity, &asked, counts));
        implied::also(event, &mut |asked| self.count(identity, &asked, Counts { reason: None, ..counts }));
    }

    fn count(&mut self, identity: u32, asked: &Asked<'_>, counts: Counts) {
        let number = self.actions.number(identity, asked);
        let reason = counts.reason.unwrap_or_else(|| self.reasons.number(b""));
        let Some(counted) = self.actions.counted(number) else { return };
        let requests = u64::from(counts.in_window && !counts.starts);
        let one = Counted { requests, last: counts.time.into(), reason: 0, in_window: counts.in_window };
        counted.take(&one, reason);
        let Some(id) = counts.long else { return };
        // An id for each action of one request, the same in every log.
        let id = id ^ asked.digest();
        if counts.starts {
            self.long.start(id, number);
        } else {
            self.long.end(id);
        }
    }
}

impl Takes for Log {
    fn take(&mut self, _: u64, text: &[u8]) -> Result<Met, serde_json::Error> {
        let event: Event<'_> = serde_json::from_slice(text)?;
        if event.items.is_some() {
            return Ok(Met::List);
        }
        if !event.is_one() {
            return Ok(Met::Foreign);
        }
        self.add(&event);
        Ok(Met::Event)
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    fn diagnostics(&mut self) -> &mut Vec<Diagnostic> {
        &mut self.diagnostics
    }
}

/// How an event counts.
#[derive(Clone, Copy, Debug)]
struct Counts {
    time: Option<Timestamp>,
    in_window: bool,
    starts: bool,
    /// The request, where it may be told when it starts and when it ends.
    long: Option<u64>,
    reason: Option<u32>,
}

impl Counts {
    fn of(event: &Event<'_>, starts: bool, window: Window, reason: u32) -> Counts {
        let time = event.time().parse().ok();
        let id = || FixedState::default().hash_one(event.audit_id.as_bytes());
        let long = ((starts || event.is_long()) && !event.audit_id.is_empty()).then(id);
        Counts { time, in_window: window.holds(time), starts, long, reason: Some(reason) }
    }
}
