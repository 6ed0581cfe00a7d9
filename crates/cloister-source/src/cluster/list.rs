//! Lists, page by page. One thread turns pages into trees while the next ones
//! are under way, so that reading costs little more than the transfer.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cloister_inventory::Unread;
use cloister_manifest::{Interner, list_from_json};
use cloister_model::{Diagnostic, Origin, Resource};
use http::Request;
use kube::{Client, Error};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::discover::ListedKind;
use super::{ClusterRead, ClusterRequest, connect, limit};

/// Objects a page: small enough to bound memory, large enough to be quick.
const PAGE: usize = 500;
/// Where a page is longer than an answer may be, the next ones are a tenth of it, down to this many objects.
const SMALLEST_PAGE: usize = 5;
/// More pages are no list of a cluster: two million objects.
const MOST_PAGES: usize = 4_000;
/// How long one page may take to arrive: a server that sends a byte a minute is no server.
const ARRIVES: Duration = Duration::from_secs(300);
/// Lists under way at once.
const AT_ONCE: usize = 4;
/// Pages waiting to be parsed, at most.
const WAITING: usize = 8;

/// A page as it came.
struct Page {
    kind: Arc<ListedKind>,
    json: String,
}

/// Lists every kind.
pub async fn list(
    client: &Client,
    kinds: Vec<ListedKind>,
    request: &ClusterRequest,
    origin: Arc<str>,
    progress: &(dyn Fn(&str) + Sync),
) -> ClusterRead {
    let (sender, receiver) = channel(WAITING);
    let name = origin.to_string();
    let parser = thread::spawn(move || parse(receiver, &Origin::Cluster(origin)));
    let mut read = ClusterRead { name: name.clone(), ..ClusterRead::default() };
    progress(&format!("listing {} kinds of {name}", kinds.len()));
    for (kind, ended) in fetch_all(client, kinds, request, sender).await {
        if let Err(failure) = ended {
            tell(&name, &kind, failure, &mut read);
        }
    }
    match parser.join() {
        Ok((resources, diagnostics)) => {
            read.resources = resources;
            read.diagnostics.extend(diagnostics);
        }
        Err(_) => read.diagnostics.push(Diagnostic::of_cluster(name, "the answers could not be read")),
    }
    read
}

/// What is told of a kind that was not listed.
pub(super) fn tell(name: &str, kind: &ListedKind, failure: Failure, read: &mut ClusterRead) {
    let reason = match failure {
        Failure::LeftOut => return read.unread.push(left_out(kind)),
        Failure::Api(error) => return refused(name, kind, &error, read),
        Failure::Endless => format!("the pages of {} go on without end", kind.plural),
        Failure::Slow => format!("a page of {} did not arrive within {} s", kind.plural, ARRIVES.as_secs()),
    };
    read.diagnostics.push(Diagnostic::of_cluster(name, reason.clone()).help("ask the API server's log"));
    read.unread.push(Unread { kind: Arc::from(kind.kind.as_str()), reason });
}

pub(super) enum Failure {
    /// A cluster-wide kind, while the user asked for namespaces.
    LeftOut,
    /// The server's pages repeat, or are more than any cluster has.
    Endless,
    /// A page did not arrive.
    Slow,
    Api(Box<Error>),
}

/// A token as a part of a query: it is the server's word, and may hold anything.
fn encoded(token: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    token.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

async fn fetch_all(
    client: &Client,
    kinds: Vec<ListedKind>,
    request: &ClusterRequest,
    sender: Sender<Page>,
) -> Vec<(Arc<ListedKind>, Result<(), Failure>)> {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = tokio::task::JoinSet::new();
    for kind in kinds.into_iter().map(Arc::new) {
        let (client, sender, permits) = (client.clone(), sender.clone(), permits.clone());
        let namespaces = request.namespaces.clone();
        tasks.spawn(async move {
            let _permit = permits.acquire().await;
            let ended = fetch(&client, &kind, &namespaces, &sender).await;
            (kind, ended)
        });
    }
    drop(sender);
    let mut ended: Vec<_> = tasks.join_all().await;
    ended.sort_by(|left, right| left.0.cmp(&right.0));
    ended
}

async fn fetch(
    client: &Client,
    kind: &Arc<ListedKind>,
    namespaces: &[String],
    pages: &Sender<Page>,
) -> Result<(), Failure> {
    if namespaces.is_empty() {
        return fetch_path(client, kind, &kind.path(None), "", pages).await;
    }
    if kind.kind == "Namespace" && kind.group().is_empty() {
        for name in namespaces {
            fetch_path(client, kind, &kind.path(None), &format!("&fieldSelector=metadata.name%3D{name}"), pages)
                .await?;
        }
        return Ok(());
    }
    if !kind.namespaced {
        return Err(Failure::LeftOut);
    }
    for namespace in namespaces {
        fetch_path(client, kind, &kind.path(Some(namespace)), "", pages).await?;
    }
    Ok(())
}

async fn fetch_path(
    client: &Client,
    kind: &Arc<ListedKind>,
    path: &str,
    query: &str,
    pages: &Sender<Page>,
) -> Result<(), Failure> {
    let mut list = Pages::new(path, query);
    while let Some(json) = list.next(client).await? {
        // A closed channel means that the parser is gone, which its join reports.
        let page = Page { kind: kind.clone(), json };
        if pages.send(page).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// One list, page by page.
pub(super) struct Pages {
    path: String,
    query: String,
    /// The next page; empty for the first.
    token: String,
    seen: HashSet<String>,
    objects: usize,
    ended: bool,
}

impl Pages {
    /// What lies at this path, with more of a query.
    pub fn new(path: &str, query: &str) -> Pages {
        let (path, query) = (path.to_owned(), query.to_owned());
        Pages { path, query, token: String::new(), seen: HashSet::new(), objects: PAGE, ended: false }
    }

    /// The next page; `None` after the last.
    pub async fn next(&mut self, client: &Client) -> Result<Option<String>, Failure> {
        while !self.ended {
            let uri = format!("{}?limit={}{}{}", self.path, self.objects, self.query, self.token);
            let json = match ask(client, uri).await {
                Err(Failure::Api(error)) if limit::is_too_long(&error) && self.objects > SMALLEST_PAGE => {
                    self.objects /= 10;
                    continue;
                }
                answer => answer?,
            };
            match continue_token(&json) {
                // A token that comes back would go round for ever.
                Some(next) if !self.seen.insert(next.clone()) || self.seen.len() >= MOST_PAGES => {
                    return Err(Failure::Endless);
                }
                Some(next) => self.token = format!("&continue={}", encoded(&next)),
                None => self.ended = true,
            }
            return Ok(Some(json));
        }
        Ok(None)
    }
}

pub(super) async fn ask(client: &Client, uri: String) -> Result<String, Failure> {
    let failed = |error| Failure::Api(Box::new(error));
    let request = Request::get(uri).body(Vec::new()).map_err(|error| failed(Error::HttpError(error)))?;
    let answer = tokio::time::timeout(ARRIVES, client.request_text(request)).await;
    answer.map_err(|_| Failure::Slow)?.map_err(failed)
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    metadata: HeadMetadata,
}

#[derive(Default, Deserialize)]
struct HeadMetadata {
    #[serde(default, rename = "continue")]
    next: String,
    #[serde(default, rename = "resourceVersion")]
    version: String,
}

/// The token of the next page.
fn continue_token(json: &str) -> Option<String> {
    Some(head(json)?.metadata.next).filter(|next| !next.is_empty())
}

/// From which change on a list can be followed.
pub(super) fn version(json: &str) -> String {
    head(json).map(|head| head.metadata.version).unwrap_or_default()
}

/// The head of a page. Built-in kinds write it before their items, so that the page need not be read twice; custom
/// resources write it after them.
fn head(json: &str) -> Option<Head> {
    let before = json.split("\"items\":").next().unwrap_or(json);
    let head = format!("{}}}", before.trim_end().trim_end_matches(','));
    let text = if before.contains("\"metadata\":") { &head } else { json };
    serde_json::from_str(text).ok()
}

fn parse(mut pages: Receiver<Page>, origin: &Origin) -> (Vec<Resource>, Vec<Diagnostic>) {
    let mut interner = Interner::default();
    let (mut resources, mut diagnostics) = (Vec::new(), Vec::new());
    while let Some(Page { kind, json }) = pages.blocking_recv() {
        match list_from_json(json.as_bytes(), &kind.api_version, &kind.kind, origin, &mut interner) {
            Ok(page) => resources.extend(page.resources),
            Err(error) => {
                let message = format!("the list of {} cannot be read: {error}", kind.plural);
                diagnostics.push(Diagnostic::of_cluster(object_name(origin), message));
            }
        }
    }
    (resources, diagnostics)
}

fn object_name(origin: &Origin) -> Arc<str> {
    match origin {
        Origin::Cluster(name) | Origin::File(name) | Origin::Rendered { file: name, .. } => name.clone(),
    }
}

pub(super) fn left_out(kind: &ListedKind) -> Unread {
    let reason = "left out by --namespace: scan the whole cluster".to_owned();
    Unread { kind: Arc::from(kind.kind.as_str()), reason }
}

/// A list that was refused makes what depends on it not evaluated; any other
/// failure is an error of its own.
fn refused(name: &str, kind: &ListedKind, error: &Error, read: &mut ClusterRead) {
    let plural =
        if kind.group().is_empty() { kind.plural.clone() } else { format!("{}.{}", kind.plural, kind.group()) };
    match error {
        Error::Api(status) if status.code == 403 => {
            read.unread.push(Unread::forbidden(&kind.kind, &plural));
        }
        // Served by discovery, but not listable after all: there is nothing to miss.
        Error::Api(status) if matches!(status.code, 404 | 405) => {}
        error => {
            let cut = if limit::is_too_long(error) { "their list was cut off" } else { "could not be listed" };
            read.unread.push(Unread { kind: Arc::from(kind.kind.as_str()), reason: format!("{plural}: {cut}") });
            let mut diagnostic = connect::explain(name, error);
            diagnostic.message = format!("{plural}: {}", diagnostic.message);
            read.diagnostics.push(diagnostic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{continue_token, version};

    #[test]
    fn a_list_says_from_where_it_is_followed() {
        let custom = r#"{"items":[{"metadata":{"resourceVersion":"1"}}],"metadata":{"resourceVersion":"7"}}"#;
        assert_eq!(version(r#"{"kind":"PodList","metadata":{"resourceVersion":"8"},"items":[]}"#), "8");
        assert_eq!(version(custom), "7");
        assert_eq!(version("no JSON"), "");
    }

    #[test]
    fn the_next_page_is_found_wherever_it_is_written() {
        let builtin = r#"{"kind":"PodList","metadata":{"resourceVersion":"1","continue":"abc"},"items":[{"x":1}]}"#;
        let custom = r#"{"apiVersion":"v1","items":[{"metadata":{"continue":"no"}}],"metadata":{"continue":"abc"}}"#;
        assert_eq!(continue_token(builtin), Some("abc".into()));
        assert_eq!(continue_token(custom), Some("abc".into()));
        assert_eq!(continue_token(r#"{"metadata":{},"items":[]}"#), None);
    }
}
