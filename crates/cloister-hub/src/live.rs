//! What happens, told to pages that are open: server-sent events.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cloister_model::Severity;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame};
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Interval, MissedTickBehavior, interval};

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

/// The pages that listen.
#[derive(Debug, Default)]
pub struct Live(Mutex<Vec<Sender<Bytes>>>);

impl Live {
    /// Tells all of them.
    pub fn tell(&self, event: &Event) {
        let text = serde_json::to_string(event).unwrap_or_default();
        let bytes = Bytes::from(format!("data: {text}\n\n"));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|to| to.try_send(bytes.clone()).is_ok());
    }

    /// Listens; `None` where too many do.
    pub fn listen(&self) -> Option<UnsyncBoxBody<Bytes, std::convert::Infallible>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|to| !to.is_closed());
        if all.len() >= MOST {
            return None;
        }
        let (to, from) = channel(WAIT);
        // The first words make the page know that it is connected.
        let _ = to.try_send(Bytes::from_static(b"retry: 2000\n\n"));
        all.push(to);
        let mut beat = interval(Duration::from_secs(20));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        Some(UnsyncBoxBody::new(Listening { from, beat }))
    }
}

/// The body that never ends. A comment now and then tells whether somebody is still there.
struct Listening {
    from: Receiver<Bytes>,
    beat: Interval,
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
        match self.beat.poll_tick(context) {
            Poll::Ready(_) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b": here\n\n"))))),
            Poll::Pending => Poll::Pending,
        }
    }
}
