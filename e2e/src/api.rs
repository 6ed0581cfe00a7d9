//! A small blocking client of the Kubernetes API, made for many requests on few connections.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::pki::{Authority, Identity};

/// The longest answer that is read, in bytes: lists of tens of thousands of pods.
const LONGEST_ANSWER: u64 = 1 << 30;
const TIMEOUT: Duration = Duration::from_secs(120);
/// Enough to keep an API server on a small machine busy.
const CONNECTIONS: usize = 8;

/// One of many requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// POST of an object to a collection.
    Post {
        /// The collection, and its query.
        path: String,
        /// The object.
        body: String,
    },
    /// PUT of an object in its place.
    Put {
        /// The object's own path, and its query.
        path: String,
        /// The object.
        body: String,
    },
}

/// What the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came.
    pub body: String,
}

impl Response {
    /// The body as JSON.
    ///
    /// # Errors
    /// It is not JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).context("the API server's answer is not JSON")
    }

    /// Itself when the status is one of success.
    ///
    /// # Errors
    /// The server refused; the message is its own.
    pub fn success(self) -> Result<Self> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        let message = self.json().ok().and_then(|body| Some(body.get("message")?.as_str()?.to_owned()));
        bail!("the API server answered {}: {}", self.status, message.unwrap_or(self.body))
    }
}

/// A client that presents one identity. Clones share their connections.
#[derive(Clone)]
pub struct Api {
    agent: Agent,
    url: String,
    /// Headers of every request.
    headers: Vec<(String, String)>,
}

impl Api {
    /// A client of the server at `url` that trusts `authority` and presents `identity`.
    pub(crate) fn new(url: &str, authority: &Authority, identity: &Identity) -> Result<Self> {
        Self::connect(url, authority, Some((&identity.certificate, &identity.key)))
    }

    /// A client that presents no certificate: one with a token, or nobody known.
    pub(crate) fn anonymous(url: &str, authority: &Authority) -> Result<Self> {
        Self::connect(url, authority, None)
    }

    /// A client of a server whose certificate may be anybody's: it is not checked.
    pub(crate) fn unchecked(url: &str, authority: &Authority, identity: Option<&Identity>) -> Result<Self> {
        Self::make(url, authority, identity.map(|it| (&*it.certificate, &*it.key)), true)
    }

    /// A client that presents this certificate with its key, both in PEM.
    pub(crate) fn connect(url: &str, authority: &Authority, identity: Option<(&str, &str)>) -> Result<Self> {
        Self::make(url, authority, identity, false)
    }

    fn make(url: &str, authority: &Authority, identity: Option<(&str, &str)>, unchecked: bool) -> Result<Self> {
        let mut client = None;
        if let Some((certificate, key)) = identity {
            let certificate = Certificate::from_pem(certificate.as_bytes()).context("failed to read a certificate")?;
            let key = PrivateKey::from_pem(key.as_bytes()).context("failed to read a key")?;
            client = Some(ClientCert::new_with_certs(&[certificate], key));
        }
        let root = Certificate::from_pem(authority.certificate().as_bytes()).context("failed to read the authority")?;
        let tls = TlsConfig::builder().client_cert(client).root_certs(RootCerts::new_with_certs(&[root]));
        let tls = tls.disable_verification(unchecked).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .max_idle_connections(CONNECTIONS * 2)
            .max_idle_connections_per_host(CONNECTIONS * 2)
            .proxy(None)
            .build();
        Ok(Self { agent: config.into(), url: url.to_owned(), headers: Vec::new() })
    }

    /// The same client, whose requests count as those of this user in these groups.
    #[must_use]
    pub fn impersonating(&self, user: &str, groups: &[String]) -> Self {
        let user = self.with_header("Impersonate-User", user);
        groups.iter().fold(user, |client, group| client.with_header("Impersonate-Group", group))
    }

    /// The same client, whose requests carry this header, too.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// GET of a path such as `/api/v1/pods?limit=500`.
    ///
    /// # Errors
    /// The server cannot be reached. A refusal is an answer, not an error.
    pub fn get(&self, path: &str) -> Result<Response> {
        self.send("GET", path, "", "")
    }

    /// POST of a JSON or YAML object to a collection.
    ///
    /// # Errors
    /// The server cannot be reached. A refusal is an answer, not an error.
    pub fn post(&self, path: &str, body: &str) -> Result<Response> {
        self.send("POST", path, media_type(body), body)
    }

    /// DELETE of one object.
    ///
    /// # Errors
    /// The server cannot be reached. A refusal is an answer, not an error.
    pub fn delete(&self, path: &str) -> Result<Response> {
        self.send("DELETE", path, "", "")
    }

    /// PUT of a JSON or YAML object.
    ///
    /// # Errors
    /// The server cannot be reached. A refusal is an answer, not an error.
    pub fn put(&self, path: &str, body: &str) -> Result<Response> {
        self.send("PUT", path, media_type(body), body)
    }

    /// Any request; without a body where `body` is empty.
    ///
    /// # Errors
    /// The server cannot be reached. A refusal is an answer, not an error.
    pub fn send(&self, method: &str, path: &str, media_type: &str, body: &str) -> Result<Response> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = if body.is_empty() {
            self.agent.run(request.body(()).context("not a request")?)
        } else {
            let request = request.header("Content-Type", media_type).body(body.to_owned());
            self.agent.run(request.context("not a request")?)
        };
        read(answer.with_context(|| format!("failed to {method} {path}"))?)
    }

    /// Any request, with headers of its own and a body where one is given.
    ///
    /// # Errors
    /// The request cannot be written, or the server not be reached. A refusal is an answer, not an error.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: Option<(&str, &str)>,
    ) -> Result<Response> {
        let url = format!("{}{path}", self.url);
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let failed = || format!("failed to {method} {path}");
        let answer = match body {
            None if matches!(method, "GET" | "DELETE") => self.agent.run(request.body(()).with_context(failed)?),
            _ => {
                let (media, body) = body.unwrap_or(("application/json", ""));
                self.agent.run(request.header("Content-Type", media).body(body.to_owned()).with_context(failed)?)
            }
        };
        read(answer.with_context(failed)?)
    }

    /// Sends many objects at once over a few connections; the answers come in the order of the objects.
    ///
    /// # Errors
    /// The server cannot be reached. Refusals are answers.
    pub fn send_all(&self, objects: &[Request]) -> Result<Vec<Response>> {
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(vec![None; objects.len()]);
        let failures: Vec<anyhow::Error> = thread::scope(|scope| {
            let workers: Vec<_> =
                (0..CONNECTIONS).map(|_| scope.spawn(|| self.send_next(objects, &next, &answers))).collect();
            workers
                .into_iter()
                .filter_map(|worker| match worker.join() {
                    Ok(result) => result.err(),
                    Err(_) => Some(anyhow::anyhow!("a worker of the API client panicked")),
                })
                .collect()
        });
        if let Some(failure) = failures.into_iter().next() {
            return Err(failure);
        }
        let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        answers.into_iter().map(|answer| answer.context("an object was not sent")).collect()
    }

    fn send_next(&self, objects: &[Request], next: &AtomicUsize, answers: &Mutex<Vec<Option<Response>>>) -> Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let answer = match objects.get(index) {
                Some(Request::Post { path, body }) => self.post(path, body)?,
                Some(Request::Put { path, body }) => self.put(path, body)?,
                None => return Ok(()),
            };
            if let Some(slot) = answers.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index) {
                *slot = Some(answer);
            }
        }
    }
}

fn media_type(body: &str) -> &'static str {
    if body.starts_with('{') { "application/json" } else { "application/yaml" }
}

fn read(answer: ureq::http::Response<ureq::Body>) -> Result<Response> {
    let status = answer.status().as_u16();
    let mut body = answer.into_body();
    let body = body.with_config().limit(LONGEST_ANSWER).read_to_string().context("failed to read an answer")?;
    Ok(Response { status, body })
}
