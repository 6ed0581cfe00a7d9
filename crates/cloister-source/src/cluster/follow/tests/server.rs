//! An API server of the tests' own: one kind, its history, and a script of what goes wrong.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use kube::Client;
use kube::client::Body;
use tokio::sync::Notify;

/// Values by name.
pub type Objects = BTreeMap<u8, u8>;

/// What somebody does to the cluster.
#[derive(Clone, Debug)]
pub enum Deed {
    Set(u8, u8),
    Delete(u8),
    /// Everything that was before now is forgotten.
    Compact,
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum How {
    Well,
    /// With a mark of how far it is.
    Marked,
    /// No answer but this status.
    Status(u16),
    /// The watch ends in the middle, after so many bytes.
    Torn(usize),
    /// A line that is none, after everything else.
    Garbage,
    /// An error in the watch.
    Ends(u16),
}

/// What happens before a request, and how that is answered.
pub type Turn = (Vec<Deed>, How);

/// The server's state; requests take turns of the script, and are answered well when it is over.
#[derive(Default)]
pub struct Server {
    /// What was there at each version.
    states: BTreeMap<u64, Objects>,
    events: Vec<(u64, String)>,
    compacted: u64,
    /// Up to where the watches since the last list have told everything.
    told: u64,
    /// Whether somebody asked again for what was told.
    repeats: bool,
    script: VecDeque<Turn>,
}

/// What others hold of it.
#[derive(Clone)]
pub struct Shared {
    server: Arc<Mutex<Server>>,
    /// Told when whoever watches has taken everything that there is.
    pub settled: Arc<Notify>,
}

impl Shared {
    pub fn new(script: Vec<Turn>) -> Shared {
        let states = BTreeMap::from([(1, Objects::new())]);
        let server = Server { states, script: script.into(), ..Server::default() };
        Shared { server: Arc::new(Mutex::new(server)), settled: Arc::new(Notify::new()) }
    }

    /// What a list tells now.
    pub fn objects(&self) -> Objects {
        self.server.lock().unwrap().now().1.clone()
    }

    /// Whether changes were asked for twice.
    pub fn repeats(&self) -> bool {
        self.server.lock().unwrap().repeats
    }

    /// A client that asks it.
    pub fn client(&self) -> Client {
        let shared = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let answer = shared.answer(request.uri().query().unwrap_or_default());
            async { Ok::<_, Infallible>(answer) }
        });
        Client::new(service, "default")
    }

    fn answer(&self, query: &str) -> Response<Pieces> {
        let asked: BTreeMap<&str, &str> = query.split('&').filter_map(|part| part.split_once('=')).collect();
        let mut server = self.server.lock().unwrap();
        let (deeds, how) = server.script.pop_front().unwrap_or((Vec::new(), How::Well));
        deeds.iter().for_each(|deed| server.does(deed));
        let is_over = server.script.is_empty();
        let (status, text) = match (&how, asked.get("resourceVersion").filter(|_| asked.contains_key("watch"))) {
            (How::Status(status), _) => (*status, refused(*status)),
            (_, Some(from)) => server.watch(from.parse().unwrap(), &how),
            _ => server.page(asked.get("continue").copied()),
        };
        let stays = is_over && status == 200 && asked.contains_key("watch") && matches!(how, How::Well | How::Marked);
        let pieces = text.as_bytes().chunks(7).map(Bytes::copy_from_slice).collect();
        let body = Pieces { pieces, settled: stays.then(|| self.settled.clone()) };
        Response::builder().status(status).body(body).unwrap()
    }
}

impl Server {
    fn now(&self) -> (u64, &Objects) {
        self.states.last_key_value().map(|(version, objects)| (*version, objects)).unwrap()
    }

    fn does(&mut self, deed: &Deed) {
        let (before, objects) = self.now();
        let (version, mut objects) = (before + 1, objects.clone());
        let event = match deed {
            Deed::Compact => return self.compacted = before,
            Deed::Set(name, value) => {
                let what = if objects.insert(*name, *value).is_some() { "MODIFIED" } else { "ADDED" };
                (what, *name, *value)
            }
            Deed::Delete(name) => match objects.remove(name) {
                Some(value) => ("DELETED", *name, value),
                None => return,
            },
        };
        self.events.push((version, told(event.0, &object(event.1, event.2, version))));
        self.states.insert(version, objects);
    }

    /// Two objects, and where the next are: at the version of the first page.
    fn page(&mut self, from: Option<&str>) -> (u16, String) {
        self.told = 0;
        let (version, begin) = match from.and_then(|token| token.split_once("at")) {
            Some((version, begin)) => (version.parse().unwrap(), begin.parse().unwrap()),
            None => (self.now().0, 0),
        };
        if version < self.compacted {
            return (410, refused(410));
        }
        let objects = &self.states[&version];
        let items: Vec<String> = objects.iter().skip(begin).take(2).map(|(name, of)| object(*name, *of, 0)).collect();
        let next = if begin + 2 < objects.len() { format!("{version}at{}", begin + 2) } else { String::new() };
        let head = format!(r#"{{"resourceVersion":"{version}","continue":"{next}"}}"#);
        (200, format!(r#"{{"kind":"PodList","metadata":{head},"items":[{}]}}"#, items.join(",")))
    }

    fn watch(&mut self, from: u64, how: &How) -> (u16, String) {
        self.repeats |= from < self.told;
        if from < self.compacted {
            // An API server says so in either of two ways.
            return if from.is_multiple_of(2) { (410, refused(410)) } else { (200, told("ERROR", &refused(410))) };
        }
        if !matches!(how, How::Torn(_)) {
            self.told = self.events.last().map_or(0, |it| it.0);
        }
        let mut text: String = self.events.iter().filter(|it| it.0 > from).map(|it| it.1.as_str()).collect();
        match how {
            How::Marked => text += &told("BOOKMARK", &object(0, 0, self.now().0)),
            How::Torn(bytes) => text.truncate(*bytes),
            How::Garbage => text += "{\"type\":\"ADDED\"}\n",
            How::Ends(code) => text += &told("ERROR", &refused(*code)),
            How::Well | How::Status(_) => {}
        }
        (200, text)
    }
}

fn object(name: u8, value: u8, version: u64) -> String {
    format!(
        r#"{{"metadata":{{"name":"n{name}","namespace":"shop","labels":{{"v":"{value}"}},"resourceVersion":"{version}"}}}}"#
    )
}

fn told(what: &str, object: &str) -> String {
    let mut line = String::new();
    let _ = writeln!(line, r#"{{"type":"{what}","object":{object}}}"#);
    line
}

fn refused(code: u16) -> String {
    format!(
        r#"{{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure","message":"no","reason":"No","code":{code}}}"#
    )
}

/// An answer in small pieces; one that stays is silent after them, and never ends.
pub struct Pieces {
    pieces: VecDeque<Bytes>,
    settled: Option<Arc<Notify>>,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match (self.pieces.pop_front(), &self.settled) {
            (Some(piece), _) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            (None, None) => Poll::Ready(None),
            (None, Some(settled)) => {
                settled.notify_one();
                Poll::Pending
            }
        }
    }
}
