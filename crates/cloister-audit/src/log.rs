//! What a log comes to: who did what, each once.

use std::hash::BuildHasher;
use std::sync::Arc;

use cloister_model::Diagnostic;
use cloister_rbac::{Action, Identity, Request};
use foldhash::fast::FixedState;
use foldhash::{HashMap, HashSet};
use jiff::Timestamp;

use crate::event::{Event, Outcome};
use crate::key::{self, Asked};
use crate::{implied, reader};

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

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    requests: u64,
    last: Option<Timestamp>,
    reason: u32,
    /// In the window, if only as one that has not ended.
    in_window: bool,
}

/// Everything that logs came to. Logs are read in any order, and can be read apart and merged.
#[derive(Debug, Default)]
pub struct Log {
    window: Window,
    /// What was read.
    pub tally: Tally,
    /// What could not be.
    pub diagnostics: Vec<Diagnostic>,
    identities: Numbered,
    reasons: Numbered,
    uses: HashMap<Box<[u8]>, u32>,
    counted: Vec<Counted>,
    /// Long requests that have started, with their use; and those that have ended.
    started: HashMap<u64, u32>,
    ended: HashSet<u64>,
    key: Vec<u8>,
}

/// Words with their numbers; kept once, since every user may be another one.
#[derive(Debug, Default)]
struct Numbered(HashMap<Box<[u8]>, u32>);

impl Numbered {
    fn of(&mut self, word: &[u8]) -> u32 {
        if let Some(&number) = self.0.get(word) {
            return number;
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(word.into(), number);
        number
    }

    /// In the order of their numbers.
    fn words(&self) -> Vec<&[u8]> {
        let mut words: Vec<(u32, &[u8])> = self.0.iter().map(|(word, &number)| (number, &**word)).collect();
        words.sort_unstable();
        words.into_iter().map(|(_, word)| word).collect()
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

    /// Everything that was allowed, in the order of who and what. Masters' requests are among it, nodes' are not.
    pub fn uses(&self) -> Vec<Use> {
        let mut counted = self.counted.clone();
        for (_, &number) in self.started.iter().filter(|(id, _)| !self.ended.contains(id)) {
            if let Some(counted) = at(&mut counted, number).filter(|counted| counted.in_window) {
                counted.requests += 1;
            }
        }
        let identities: Vec<Arc<Identity>> =
            self.identities.words().into_iter().map(|word| Arc::new(key::read_identity(word))).collect();
        let reason = |word: &[u8]| Arc::from(String::from_utf8_lossy(word));
        let reasons: Vec<Arc<str>> = self.reasons.words().into_iter().map(reason).collect();
        let mut uses: Vec<Use> = Vec::with_capacity(self.uses.len());
        for (key, &number) in &self.uses {
            let Some(((identity, action), counted)) = key::read(key).zip(at(&mut counted, number)) else { continue };
            let Some(identity) = nth(&identities, identity) else { continue };
            let Some(reason) = nth(&reasons, counted.reason) else { continue };
            uses.push(Use { identity, action, requests: counted.requests, last: counted.last, reason });
        }
        uses.sort_unstable();
        // The same groups in another order are the same identity.
        uses.dedup_by(|next, one| {
            let same = one.identity == next.identity && one.action == next.action;
            if same {
                one.requests += next.requests;
                if next.last > one.last {
                    one.last = next.last;
                    one.reason = Arc::clone(&next.reason);
                }
            }
            same
        });
        uses
    }

    /// Adds what another log came to, in the same window.
    pub fn merge(&mut self, other: Log) {
        self.tally.add(&other.tally);
        self.diagnostics.extend(other.diagnostics);
        let identities: Vec<u32> = other.identities.words().into_iter().map(|word| self.identities.of(word)).collect();
        let reasons: Vec<u32> = other.reasons.words().into_iter().map(|word| self.reasons.of(word)).collect();
        let mut numbers = vec![0; other.counted.len()];
        for (mut key, number) in other.uses {
            let place = usize::try_from(number).unwrap_or(usize::MAX);
            let Some(theirs) = other.counted.get(place) else { continue };
            let Some((identity, _)) = key.split_first_chunk_mut::<4>() else { continue };
            let renamed = usize::try_from(u32::from_le_bytes(*identity)).ok().and_then(|at| identities.get(at));
            *identity = renamed.copied().unwrap_or_default().to_le_bytes();
            let ours = number_of(&mut self.uses, &mut self.counted, &key);
            if let Some(counted) = at(&mut self.counted, ours) {
                let reason = usize::try_from(theirs.reason).ok().and_then(|at| reasons.get(at)).copied();
                counted.take(theirs, reason.unwrap_or_default());
            }
            if let Some(slot) = numbers.get_mut(place) {
                *slot = ours;
            }
        }
        let renamed = |number: u32| usize::try_from(number).ok().and_then(|at| numbers.get(at)).copied();
        self.started.extend(other.started.into_iter().filter_map(|(id, number)| Some((id, renamed(number)?))));
        self.ended.extend(other.ended);
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
            |groups: &Option<Vec<crate::text::Text<'_>>>, numbered: &mut Numbered, key: &mut Vec<u8>, user: &str| {
                key::write_identity(key, user, groups.iter().flatten().map(|group| &**group));
                numbered.of(key)
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
        let counts = Counts::of(event, starts, self.window, self.reasons.of(event.reason().as_bytes()));
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
        key::write(&mut self.key, identity, asked);
        let number = number_of(&mut self.uses, &mut self.counted, &self.key);
        let empty = self.reasons.of(b"");
        let Some(counted) = at(&mut self.counted, number) else { return };
        let one = Counted {
            requests: u64::from(counts.in_window && !counts.starts),
            last: counts.time,
            reason: 0,
            in_window: counts.in_window,
        };
        counted.take(&one, counts.reason.unwrap_or(empty));
        let Some(id) = counts.long else { return };
        // An id for each action of one request.
        let id = id ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if counts.starts {
            self.started.insert(id, number);
        } else {
            self.ended.insert(id);
        }
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

impl Counted {
    fn take(&mut self, other: &Counted, reason: u32) {
        self.requests += other.requests;
        self.in_window |= other.in_window;
        if other.last >= self.last {
            self.last = other.last;
            self.reason = reason;
        }
    }
}

fn number_of(uses: &mut HashMap<Box<[u8]>, u32>, counted: &mut Vec<Counted>, key: &[u8]) -> u32 {
    if let Some(&number) = uses.get(key) {
        return number;
    }
    let number = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    uses.insert(key.into(), number);
    counted.push(Counted::default());
    number
}

fn nth<T: ?Sized>(all: &[Arc<T>], number: u32) -> Option<Arc<T>> {
    usize::try_from(number).ok().and_then(|at| all.get(at)).cloned()
}

fn at(counted: &mut [Counted], number: u32) -> Option<&mut Counted> {
    usize::try_from(number).ok().and_then(|at| counted.get_mut(at))
}
