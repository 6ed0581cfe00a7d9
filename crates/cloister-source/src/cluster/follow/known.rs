//! What is known of a cluster: filled by the tasks, read by whoever assesses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cloister_inventory::Unread;
use cloister_model::{Diagnostic, Resource};
use tokio::sync::Notify;

use super::GRACE;
use super::events::{Change, says_the_same};
use crate::cluster::discover::ListedKind;
use crate::cluster::list::{Failure, tell};
use crate::cluster::{ClusterRead, connect};

/// Times of more changes are not remembered: they serve for numbers about a hub.
const MOST_TIMES: usize = 65_536;

/// What one task follows: a kind, and where.
pub type Place = (ListedKind, String);
/// Namespace and name.
pub type Name = (Option<Arc<str>>, Arc<str>);
/// The objects of one place.
pub type Objects = BTreeMap<Name, Resource>;

/// Shared by the tasks and whoever reads.
#[derive(Debug, Default)]
pub struct Known {
    inner: Mutex<Inner>,
    ready: Condvar,
    changes: AtomicU64,
    /// When changes came, by their numbers, as far as nobody asked for them.
    times: Mutex<VecDeque<(u64, Instant)>>,
    /// Rung when kinds may have come or gone, or when credentials are not taken any more.
    pub bell: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    name: Arc<str>,
    version: Option<String>,
    places: BTreeMap<Place, Held>,
    /// Whether it is known which kinds there are.
    discovered: bool,
    /// Why not.
    trouble: Option<Box<Diagnostic>>,
    wants_credentials: bool,
}

#[derive(Debug, Default)]
struct Held {
    objects: Objects,
    state: State,
    /// Since when it is not followed, why, and whether that was told.
    lost: Option<(Instant, Box<Diagnostic>, bool)>,
}

impl Held {
    /// It is followed again; whether somebody may have been told, or have read, that it was not.
    fn found(&mut self) -> bool {
        self.lost.take().is_some_and(|(since, _, told)| told || since.elapsed() >= GRACE)
    }
}

#[derive(Debug, Default)]
enum State {
    /// It was not answered yet.
    #[default]
    Waiting,
    Listed,
    /// What is told in its place.
    Unread(Vec<Unread>, Vec<Diagnostic>),
}

impl Known {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.changes.fetch_add(1, Ordering::Release) + 1;
        if times.len() == MOST_TIMES {
            times.pop_front();
        }
        times.push_back((number, Instant::now()));
        drop(times);
        self.ready.notify_all();
    }

    /// See [`super::Follower::came`].
    pub fn came(&self, until: u64) -> Vec<Instant> {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let length = times.partition_point(|(number, _)| *number <= until);
        times.drain(..length).map(|(_, at)| at).collect()
    }

    /// See [`super::Follower::changes`].
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// What it is called.
    pub fn named(&self, name: &str) {
        self.inner().name = name.into();
    }

    /// What the cluster is called.
    pub fn name(&self) -> Arc<str> {
        self.inner().name.clone()
    }

    /// The API server's own version.
    pub fn version(&self, version: Option<String>) {
        let mut inner = self.inner();
        inner.version = version.or_else(|| inner.version.take());
    }

    /// It cannot be said which kinds there are.
    pub fn trouble(&self, why: Box<Diagnostic>) {
        let mut inner = self.inner();
        let is_new = inner.trouble.as_ref().is_none_or(|known| known.message != why.message);
        inner.trouble = Some(why);
        drop(inner);
        if is_new {
            self.changed();
        }
    }

    /// The kinds are known, and each has its task.
    pub fn discovered(&self) {
        let mut inner = self.inner();
        let is_new = !inner.discovered || inner.trouble.is_some();
        (inner.discovered, inner.trouble, inner.wants_credentials) = (true, None, false);
        drop(inner);
        if is_new {
            self.changed();
        }
    }

    /// Credentials are not taken any more: who connects takes new ones.
    pub fn asks_for_credentials(&self) {
        self.inner().wants_credentials = true;
        self.bell.notify_one();
    }

    /// Whether they are asked for.
    pub fn wants_credentials(&self) -> bool {
        self.inner().wants_credentials
    }

    /// The kinds that are followed.
    pub fn kinds(&self) -> BTreeSet<ListedKind> {
        self.inner().places.keys().map(|(kind, _)| kind.clone()).collect()
    }

    /// A task begins here. What was known of the place stays until it has listed.
    pub fn expect(&self, place: &Place) {
        self.inner().places.entry(place.clone()).or_default();
    }

    /// Nothing of this kind is looked at, since the user asked for namespaces.
    pub fn left_out(&self, kind: &ListedKind) {
        let place = (kind.clone(), String::new());
        self.expect(&place);
        self.unread(&place, Failure::LeftOut);
    }

    /// There is no such kind any more.
    pub fn forget(&self, kind: &ListedKind) {
        self.inner().places.retain(|(held, _), _| held != kind);
        self.changed();
    }

    fn at<T>(&self, place: &Place, what: impl FnOnce(&mut Held) -> T) -> Option<T> {
        self.inner().places.get_mut(place).map(what)
    }

    /// A place was listed. What is the same as before is no change.
    pub fn listed(&self, place: &Place, objects: Objects) {
        let changed = self.at(place, |held| {
            let was_listed = matches!(std::mem::replace(&mut held.state, State::Listed), State::Listed);
            let was_told = held.found();
            let before = std::mem::replace(&mut held.objects, objects);
            !was_listed || was_told || !is_same(&before, &held.objects)
        });
        if changed == Some(true) {
            self.changed();
        }
    }

    /// A watch told of changes.
    pub fn change(&self, place: &Place, change: Change) {
        let changed = self.at(place, |held| match change {
            Change::Is(name, resource) => {
                let before = held.objects.insert(name.clone(), *resource);
                let now = held.objects.get(&name);
                !before.as_ref().zip(now).is_some_and(|(before, now)| says_the_same(&before.root, &now.root))
            }
            Change::Gone(name) => held.objects.remove(&name).is_some(),
        });
        if changed == Some(true) {
            self.changed();
        }
    }

    /// A place is followed again.
    pub fn found(&self, place: &Place) {
        if self.at(place, Held::found) == Some(true) {
            self.changed();
        }
    }

    /// A place that had been listed could not be followed; after a while that is told.
    pub fn lost(&self, place: &Place, why: Box<Diagnostic>) {
        let tells = self.at(place, |held| {
            let (since, known, told) = held.lost.get_or_insert((Instant::now(), why.clone(), false));
            *known = why;
            let tells = !*told && since.elapsed() >= GRACE;
            *told |= tells;
            tells
        });
        if tells == Some(true) {
            self.changed();
        }
    }

    /// Whether it was listed before.
    pub fn is_listed(&self, place: &Place) -> bool {
        self.at(place, |held| matches!(held.state, State::Listed)) == Some(true)
    }

    /// A place may not be listed, or not any more: what is told in its place.
    pub fn unread(&self, place: &Place, failure: Failure) {
        let mut part = ClusterRead::default();
        let name = self.name();
        tell(&name, &place.0, failure, &mut part);
        let changed = self.at(place, |held| {
            let told = |held: &Held| match &held.state {
                State::Unread(unread, _) => unread.iter().map(|it| it.reason.clone()).collect(),
                _ => vec![String::new()],
            };
            let before = told(held);
            held.objects.clear();
            held.lost = None;
            held.state = State::Unread(part.unread, part.diagnostics);
            before != told(held)
        });
        if changed == Some(true) {
            self.changed();
        }
    }

    /// See [`super::Follower::read`].
    pub fn read(&self) -> Result<ClusterRead, Box<Diagnostic>> {
        let waits = |inner: &mut Inner| {
            let waiting = |held: &Held| matches!(held.state, State::Waiting);
            inner.trouble.is_none() && (!inner.discovered || inner.places.values().any(waiting))
        };
        let inner = self.ready.wait_while(self.inner(), waits).unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = inner.trouble.clone().or_else(|| inner.old()) {
            return Err(why);
        }
        Ok(inner.all())
    }

    /// An error of the API, as it is told.
    pub fn explained(&self, error: &kube::Error) -> Box<Diagnostic> {
        Box::new(connect::explain(&self.name(), error))
    }
}

impl Inner {
    /// Why what is known is old.
    fn old(&self) -> Option<Box<Diagnostic>> {
        let lost = self.places.values().filter_map(|held| held.lost.as_ref());
        let (since, why, _) = lost.min_by_key(|(since, _, _)| *since)?;
        (since.elapsed() >= GRACE).then(|| why.clone())
    }

    fn all(&self) -> ClusterRead {
        let mut read =
            ClusterRead { name: self.name.to_string(), version: self.version.clone(), ..ClusterRead::default() };
        read.resources.reserve(self.places.values().map(|held| held.objects.len()).sum());
        for held in self.places.values() {
            read.resources.extend(held.objects.values().cloned());
            if let State::Unread(unread, diagnostics) = &held.state {
                let is_new = |it: &&Unread| !read.unread.iter().any(|known| known.reason == it.reason);
                let new: Vec<Unread> = unread.iter().filter(is_new).cloned().collect();
                read.unread.extend(new);
                read.diagnostics.extend(diagnostics.iter().cloned());
            }
        }
        read
    }
}

fn is_same(before: &Objects, now: &Objects) -> bool {
    let pairs = before.iter().zip(now);
    before.len() == now.len() && pairs.into_iter().all(|(a, b)| a.0 == b.0 && says_the_same(&a.1.root, &b.1.root))
}
