//! A live cluster, followed: listed once, and then told of each change by watches.
//!
//! ```text
//!  discover ─▶ one task a kind: list ─▶ watch ─▶ watch … ─▶ (410 Gone) list …
//!     ▲              │ objects            │ changes
//!     │              └────────▶ Known ◀───┘ ─▶ read(): what the cluster holds now
//!     └─ a new custom resource, new credentials, or the interval
//! ```
//! What is known stays while the API server cannot be reached; who reads is told that it is not current.

mod events;
mod known;
mod task;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use cloister_model::Diagnostic;
use kube::Client;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use self::known::Known;
use self::task::{Task, scopes};
use super::discover::{self, ListedKind};
use super::{ClusterRead, ClusterRequest, connect, runtime};

/// Longer than a watch may last, so that one that says nothing is not taken for dead.
const SILENT: Duration = Duration::from_secs(270);
/// So long an API server may be away before what it said last counts as old: it may just be started anew.
const GRACE: Duration = Duration::from_secs(10);
/// So long a "no" is asked again where it was a "yes" before: a server that starts knows no rights and no custom resources yet.
const REFUSED: Duration = Duration::from_secs(30);
/// After a failure the next try waits that long, and then twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 250 });
const LONGEST_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 4 } else { 5_000 });
/// A new custom resource is served a moment after it is there.
const SERVED: Duration = Duration::from_secs(1);

/// Follows a cluster until it is dropped.
#[derive(Debug)]
pub struct Follower {
    known: Arc<Known>,
    /// Its end is the thread's end.
    _alive: oneshot::Sender<()>,
}

impl Follower {
    /// Begins. What may not be watched, and which kinds there are, is asked anew every so often.
    ///
    /// # Errors
    /// There is no thread, or no runtime for it.
    pub fn start(request: ClusterRequest, every: Duration) -> io::Result<Follower> {
        let known = Arc::new(Known::default());
        let (alive, ended) = oneshot::channel();
        let runtime = runtime().map_err(|why| io::Error::other(why.message))?;
        let shared = known.clone();
        thread::Builder::new().name("follow cluster".to_owned()).spawn(move || {
            runtime.spawn(supervise(request, every, shared));
            let _ = runtime.block_on(ended);
            runtime.shutdown_background();
        })?;
        Ok(Follower { known, _alive: alive })
    }

    /// A number that grows with each change that may matter.
    pub fn changes(&self) -> u64 {
        self.known.changes()
    }

    /// When each change up to this number came, the oldest first; what was told once is told no more.
    pub fn came(&self, until: u64) -> Vec<Instant> {
        self.known.came(until)
    }

    /// What the cluster holds; waits until it was listed once.
    ///
    /// # Errors
    /// It was never reached, or is not reached any more: what is known is not what is.
    pub fn read(&self) -> Result<ClusterRead, Box<Diagnostic>> {
        self.known.read()
    }
}

/// Waits longer after each failure.
struct Pause(Duration);

impl Pause {
    fn new() -> Pause {
        Pause(FIRST_PAUSE)
    }

    async fn wait(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST_PAUSE);
    }
}

/// Connects, again and again where that is needed.
async fn supervise(request: ClusterRequest, every: Duration, known: Arc<Known>) {
    let mut pause = Pause::new();
    loop {
        match connect::connect_for(&request, SILENT).await {
            Ok((client, name)) => {
                known.named(&name);
                let request = request.clone();
                let mut crew = Crew { client, request, every, known: known.clone(), tasks: BTreeMap::new() };
                crew.follow(&name, &mut pause).await;
            }
            Err(why) => known.trouble(why),
        }
        pause.wait().await;
    }
}

/// The tasks of one connection: they end with it.
struct Crew {
    client: Client,
    request: ClusterRequest,
    every: Duration,
    known: Arc<Known>,
    tasks: BTreeMap<ListedKind, Vec<AbortHandle>>,
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.tasks.values().flatten().for_each(AbortHandle::abort);
    }
}

impl Crew {
    /// Follows whatever kinds there are, until the credentials are not taken any more.
    async fn follow(&mut self, name: &str, pause: &mut Pause) {
        let mut missing = BTreeSet::new();
        loop {
            let mut next = self.every;
            match discover::discover(&self.client).await {
                Ok(kinds) => {
                    *pause = Pause::new();
                    self.known.version(discover::version(&self.client).await);
                    missing = self.reconcile(kinds, &missing);
                    if !missing.is_empty() {
                        next = GRACE;
                    }
                }
                Err(error) if self.tasks.is_empty() => {
                    return self.known.trouble(Box::new(connect::explain(name, &error)));
                }
                // The tasks tell of it.
                Err(_) => next = LONGEST_PAUSE,
            }
            let rung = timeout(next, self.known.bell.notified()).await.is_ok();
            if self.known.wants_credentials() {
                return;
            }
            if rung {
                sleep(SERVED).await;
            }
        }
    }

    /// Begins what is new, and ends what was missing twice: while a server starts it may not know all of its kinds yet.
    fn reconcile(&mut self, kinds: Vec<ListedKind>, missing: &BTreeSet<ListedKind>) -> BTreeSet<ListedKind> {
        let now: BTreeSet<ListedKind> = kinds.into_iter().collect();
        let held: Vec<ListedKind> = self.known.kinds().into_iter().filter(|kind| !now.contains(kind)).collect();
        let (gone, away): (Vec<_>, Vec<_>) = held.into_iter().partition(|kind| missing.contains(kind));
        for kind in gone {
            self.tasks.remove(&kind).into_iter().flatten().for_each(|task| task.abort());
            self.known.forget(&kind);
        }
        for kind in now {
            if !self.tasks.contains_key(&kind) {
                self.begin(kind);
            }
        }
        self.known.discovered();
        away.into_iter().collect()
    }

    fn begin(&mut self, kind: ListedKind) {
        let shared = Arc::new(kind.clone());
        let scopes = scopes(&kind, &self.request.namespaces);
        if scopes.is_empty() {
            self.known.left_out(&kind);
        }
        let mut handles = Vec::new();
        for scope in scopes {
            let place = (kind.clone(), scope.path.clone() + &scope.query);
            self.known.expect(&place);
            let (client, known) = (self.client.clone(), self.known.clone());
            let (kind, every) = (shared.clone(), self.every);
            let task = Task { client, kind, scope, place, known, every, opened: AtomicBool::new(false) };
            handles.push(tokio::spawn(task.follow()).abort_handle());
        }
        self.tasks.insert(kind, handles);
    }
}
