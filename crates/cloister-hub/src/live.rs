//! What happens, told to pages that are open: server-sent events.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cloister_model::Severity;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame};
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Interval, MissedTickBehavior, Sleep, interval, sleep};

use crate::who::scope::Scope;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// A source was assessed anew, with another outcome.
    Assessed {
        /// Which.
        source: String,
        /// When.
        at: String,
        /// Open findings.
        open: usize,
        /// New ones.
        new: usize,
        /// Resolved ones.
        resolved: usize,
    },
    /// Somebody decided something.
    Decided {
        /// For which source.
        source: String,
    },
    /// An alert began, ended, was told or acknowledged.
    Alerts {
        /// How many go on.
        firing: usize,
    },
    /// Something was detected.
    Detected {
        /// In which source.
        source: String,
        /// Which detection.
        id: String,
        /// How bad.
        severity: Severity,
        /// Whether it looks like a breach.
        suspects_breach: bool,
    },
}

/// So many events wait for a page that does not read; then it is hung up on, and asks again.
const WAIT: usize = 64;
/// So many pages listen.
const MOST: usize = 500;

/// After so long a page asks again: whoever may not read any more is not told for longer.
const LASTS: Duration = Duration::from_mins(5);

/// The pages that listen.
#[derive(Debug, Default)]
pub struct Live(Mutex<Vec<Listener>>);

#[derive(Debug)]
struct Listener {
    to: Sender<Bytes>,
    /// What they may see.
    scope: Scope,
}

impl Live {
    fn listeners(&self) -> MutexGuard<'_, Vec<Listener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all who may see everything. Who is limited to namespaces is told by [`Live::tell_each`] alone.
    pub fn tell(&self, event: &Event) {
        self.tell_each(|scope| scope.is_whole().then(|| event.clone()));
    }

    /// Tells each what they may see of it.
    pub fn tell_each(&self, of: impl Fn(&Scope) -> Option<Event>) {
        let mut told: Vec<(Scope, Option<Bytes>)> = Vec::new();
        let scopes: Vec<Scope> = self.listeners().iter().map(|one| one.scope.clone()).collect();
        for scope in scopes {
            if told.iter().all(|(known, _)| *known != scope) {
                let text = of(&scope).map(|event| serde_json::to_string(&event).unwrap_or_default());
                told.push((scope, text.map(|text| Bytes::from(format!("data: {text}\n\n")))));
            }
        }
        self.listeners().retain(|one| match told.iter().find(|(scope, _)| *scope == one.scope) {
            Some((_, Some(bytes))) => one.to.try_send(bytes.clone()).is_ok(),
            _ => !one.to.is_closed(),
        });
    }

    /// Listens; `None` where too many do.
    pub fn listen(&self, scope: Scope) -> Option<UnsyncBoxBody<Bytes, std::convert::Infallible>> {
        let mut all = self.listeners();
        all.retain(|one| !one.to.is_closed());
        if all.len() >= MOST {
            return None;
        }
        let (to, from) = channel(WAIT);
        // The first words make the page know that it is connected.
        let _ = to.try_send(Bytes::from_static(b"retry: 2000\n\n"));
        all.push(Listener { to, scope });
        let mut beat = interval(Duration::from_secs(20));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        Some(UnsyncBoxBody::new(Listening { from, beat, end: Box::pin(sleep(LASTS)) }))
    }
}

/// The body that goes on. A comment now and then tells whether somebody is still there.
struct Listening {
    from: Receiver<Bytes>,
    beat: Interval,
    end: Pin<Box<Sleep>>,
}

impl Body for Listening {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(event) = self.from.poll_recv(context) {
            return Poll::Ready(event.map(|bytes| Ok(Frame::data(bytes))));
        }
        if self.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        match self.beat.poll_tick(context) {
            Poll::Ready(_) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b": here\n\n"))))),
            Poll::Pending => Poll::Pending,
        }
    }
}
