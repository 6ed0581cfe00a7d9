//! One kind in one place: listed, and then followed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cloister_manifest::{Interner, list_from_json};
use cloister_model::{Diagnostic, Origin};
use http::Request;
use http_body_util::BodyExt;
use kube::client::Body;
use kube::core::Status;
use kube::{Client, Error};
use tokio::time::sleep;

use super::events::{Lines, Told, line, name_of};
use super::known::{Known, Objects, Place};
use super::{Pause, REFUSED};
use crate::cluster::discover::ListedKind;
use crate::cluster::limit;
use crate::cluster::list::{Failure, Pages, version};

/// So long a watch lasts; one that broke in silence is noticed after it.
const LASTS: Duration = Duration::from_secs(240);
/// A watch that ended sooner was hardly one.
const AT_ONCE: Duration = Duration::from_secs(1);
/// After so many changes strings are shared anew: those that nobody uses any more go.
const SHARED: usize = 5_000;

/// Where objects of a kind lie.
#[derive(Clone, Debug)]
pub struct Scope {
    pub path: String,
    pub query: String,
}

/// The places of a kind; none where the user asked for namespaces and it lies in none.
pub fn scopes(kind: &ListedKind, namespaces: &[String]) -> Vec<Scope> {
    let whole = |query: String| Scope { path: kind.path(None), query };
    if namespaces.is_empty() {
        return vec![whole(String::new())];
    }
    if kind.kind == "Namespace" && kind.group().is_empty() {
        let named = |name: &String| whole(format!("&fieldSelector=metadata.name%3D{name}"));
        return namespaces.iter().map(named).collect();
    }
    if !kind.namespaced {
        return Vec::new();
    }
    namespaces.iter().map(|name| Scope { path: kind.path(Some(name)), query: String::new() }).collect()
}

/// What is followed, and for whom.
pub struct Task {
    pub client: Client,
    pub kind: Arc<ListedKind>,
    pub scope: Scope,
    pub place: Place,
    pub known: Arc<Known>,
    pub every: Duration,
    /// Whether it was ever watched.
    pub opened: AtomicBool,
}

/// Why a watch ended.
enum Ended {
    /// After its time.
    InOrder,
    /// What it was to go on from is not known any more.
    Gone,
    /// It may not be watched, or not now.
    Refused(Box<Error>),
    /// The connection, or what came by it.
    Broken(Box<Diagnostic>),
}

impl Task {
    /// Lists and follows without end.
    pub async fn follow(self) {
        let mut pause = Pause::new();
        let mut failing = None::<Instant>;
        loop {
            match self.list().await {
                Ok((objects, version)) => {
                    (pause, failing) = (Pause::new(), None);
                    self.known.listed(&self.place, objects);
                    self.watch_from(version).await;
                }
                Err(failure) => {
                    let since = *failing.get_or_insert_with(Instant::now);
                    self.failed(failure, since, &mut pause).await;
                }
            }
        }
    }

    async fn list(&self) -> Result<(Objects, String), Failure> {
        let (mut interner, mut objects, mut from) = (Interner::default(), Objects::new(), String::new());
        let origin = Origin::Cluster(self.known.name());
        let mut pages = Pages::new(&self.scope.path, &self.scope.query);
        while let Some(json) = pages.next(&self.client).await? {
            from = version(&json);
            let (api_version, kind) = (&self.kind.api_version, &self.kind.kind);
            let page = list_from_json(json.as_bytes(), api_version, kind, &origin, &mut interner)
                .map_err(|error| Failure::Api(Box::new(Error::SerdeError(error))))?;
            objects.extend(page.resources.into_iter().map(|resource| (name_of(&resource), resource)));
        }
        Ok((objects, from))
    }

    /// A list failed: what was known stays for a while, since a server that starts says many things.
    async fn failed(&self, failure: Failure, since: Instant, pause: &mut Pause) {
        let code = code(&failure);
        if code == Some(401) {
            self.known.asks_for_credentials();
        }
        let says_no = matches!(code, Some(403..=405)) || matches!(failure, Failure::LeftOut);
        let was_listed = self.known.is_listed(&self.place);
        if was_listed && !(says_no && since.elapsed() >= REFUSED) {
            if !says_no {
                self.known.lost(&self.place, self.explained(&failure));
            }
            return pause.wait().await;
        }
        self.known.unread(&self.place, failure);
        if says_no { sleep(self.every).await } else { pause.wait().await }
    }

    fn explained(&self, failure: &Failure) -> Box<Diagnostic> {
        match failure {
            Failure::Api(error) => self.known.explained(error),
            _ => self.broken(format!("{} do not arrive", self.kind.plural)),
        }
    }

    fn broken(&self, why: String) -> Box<Diagnostic> {
        Box::new(Diagnostic::of_cluster(&*self.known.name(), why).help("ask the API server's log"))
    }

    /// Watches again and again, until it must be listed anew.
    async fn watch_from(&self, mut version: String) {
        let mut pause = Pause::new();
        let mut refused = None::<Instant>;
        loop {
            let (begun, at) = (version.clone(), Instant::now());
            match self.watch(&mut version).await {
                Ended::Gone => return,
                // A server that ends each watch at once is not asked without a pause.
                Ended::InOrder if at.elapsed() < AT_ONCE && begun == version => pause.wait().await,
                Ended::InOrder => (pause, refused) = (Pause::new(), None),
                Ended::Refused(error) => {
                    let code = if let Error::Api(status) = &*error { status.code } else { 0 };
                    if code == 401 {
                        self.known.asks_for_credentials();
                    }
                    if !matches!(code, 403..=405) {
                        self.known.lost(&self.place, self.known.explained(&error));
                    } else if refused.get_or_insert_with(Instant::now).elapsed() >= REFUSED {
                        return;
                    } else if !self.opened.load(Ordering::Relaxed) {
                        // It may be listed and not be watched.
                        return sleep(self.every).await;
                    }
                    pause.wait().await;
                }
                Ended::Broken(why) => {
                    if begun != version {
                        pause = Pause::new();
                    }
                    self.known.lost(&self.place, why);
                    pause.wait().await;
                }
            }
        }
    }

    async fn watch(&self, version: &mut String) -> Ended {
        let Scope { path, query } = &self.scope;
        let seconds = LASTS.as_secs();
        let uri = format!(
            "{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={version}{query}"
        );
        // Compressed, each event would be a stream of its own, of which the first alone is unpacked.
        let request = Request::get(uri).header("Accept-Encoding", "identity").body(Body::empty());
        let request = match request {
            Ok(request) => request,
            Err(error) => return Ended::Refused(Box::new(Error::HttpError(error))),
        };
        let answer = match self.client.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Ended::Refused(Box::new(error)),
        };
        let status = answer.status();
        if status.as_u16() == 410 {
            return Ended::Gone;
        }
        if !status.is_success() {
            return Ended::Refused(Box::new(said(status.as_u16(), answer.into_body()).await));
        }
        self.opened.store(true, Ordering::Relaxed);
        self.known.found(&self.place);
        self.take(answer.into_body(), version).await
    }

    /// Takes what a watch tells, until it ends.
    async fn take(&self, mut body: Body, version: &mut String) -> Ended {
        let origin = Origin::Cluster(self.known.name());
        let (mut lines, mut interner, mut taken) = (Lines::default(), Interner::default(), 0);
        while let Some(frame) = body.frame().await {
            let frame = match frame {
                Ok(frame) => frame,
                // So much in one answer is a busy watch, and no fault: it goes on from there.
                Err(error) if limit::is_too_long(&error) => return Ended::InOrder,
                Err(error) => return Ended::Broken(self.known.explained(&error)),
            };
            let Ok(piece) = frame.into_data() else { continue };
            let ended = lines.take(&piece, |text| {
                taken += 1;
                if taken % SHARED == 0 {
                    interner = Interner::default();
                }
                self.tell(line(text, &self.kind, &origin, &mut interner).map_err(Stop::Bad)?, version)
            });
            match ended {
                Ok(()) => {}
                Err(Stop::Gone) => return Ended::Gone,
                Err(Stop::Ended) => return Ended::InOrder,
                Err(Stop::Bad(why)) => {
                    // What cannot be read may have been a change: only a list says what is there.
                    self.known.lost(&self.place, self.broken(why));
                    sleep(super::FIRST_PAUSE).await;
                    return Ended::Gone;
                }
            }
        }
        Ended::InOrder
    }

    fn tell(&self, told: Told, version: &mut String) -> Result<(), Stop> {
        match told {
            Told::Change(change, at) => {
                self.known.change(&self.place, change);
                if brings_kinds(&self.kind) {
                    self.known.bell.notify_one();
                }
                *version = at;
            }
            Told::Bookmark(at) => *version = at,
            Told::Error(410) => return Err(Stop::Gone),
            Told::Error(_) => return Err(Stop::Ended),
        }
        Ok(())
    }
}

/// Why no more lines are taken.
enum Stop {
    Gone,
    Ended,
    Bad(String),
}

impl From<String> for Stop {
    fn from(why: String) -> Stop {
        Stop::Bad(why)
    }
}

/// Whether objects of this kind are kinds themselves.
fn brings_kinds(kind: &ListedKind) -> bool {
    matches!(&*kind.kind, "CustomResourceDefinition" | "APIService")
}

fn code(failure: &Failure) -> Option<u16> {
    match failure {
        Failure::Api(error) => match &**error {
            Error::Api(status) => Some(status.code),
            _ => None,
        },
        _ => None,
    }
}

/// What the server says in place of a watch.
async fn said(code: u16, body: Body) -> Error {
    let text = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let status = serde_json::from_slice::<Status>(&text).unwrap_or_default();
    let message = if status.message.is_empty() { "it gives no reason".to_owned() } else { status.message };
    Error::Api(Box::new(Status { message, code, ..Status::default() }))
}
