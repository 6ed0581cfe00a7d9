//! Requests: one POST, to an address that was looked at, following nothing.

use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{StatusCode, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error, Timeout};

use super::address::{Guard, resolve};
use super::failure::{Answer, Failure, quoted};
use super::patience::Patience;
use super::tls::roots;

/// Of an answer so much is read.
const ANSWER: u64 = 4096;

/// What is sent.
pub struct Request<'a> {
    /// Where to: it may be a secret.
    pub url: &'a str,
    pub content: &'a str,
    pub headers: &'a [(&'a str, String)],
    pub body: Vec<u8>,
    /// What an answer must not be quoted with.
    pub secrets: &'a [&'a str],
}

/// Sends requests of one receiver.
pub struct Client {
    guard: Guard,
    patience: Patience,
    ca_file: Option<String>,
}

/// Looks a name up once, by our guard.
#[derive(Debug)]
struct Guarded {
    guard: Guard,
    patience: Duration,
}

/// How a refusal of the guard comes through the client.
#[derive(Debug)]
struct Stopped(Failure);

impl std::fmt::Display for Stopped {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(to)
    }
}

impl std::error::Error for Stopped {}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?;
        let encrypted = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let found = resolve(&self.guard, host, port, encrypted, self.patience);
        let mut all = self.empty();
        found.map_err(|failure| Error::Other(Box::new(Stopped(failure))))?.into_iter().for_each(|it| all.push(it));
        Ok(all)
    }
}

impl Client {
    pub fn new(guard: &Guard, patience: Patience, ca_file: Option<&str>) -> Client {
        Client { guard: guard.clone(), patience, ca_file: ca_file.map(str::to_owned) }
    }

    /// Sends one request.
    pub fn post(&self, request: Request<'_>) -> Result<Answer, Failure> {
        let host = request.url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let host = host.ok_or_else(|| {
            Failure::lasting(
                "the address of the receiver cannot be read",
                "write it like https://alerts.example.org/hook",
            )
        })?;
        let mut post = self.agent(request.url)?.post(request.url).header("content-type", request.content);
        for (name, value) in request.headers {
            post = post.header(*name, value);
        }
        let mut response = post.send(&request.body[..]).map_err(|error| failed(&host, error))?;
        let status = response.status();
        let after = response.headers().get("retry-after").and_then(|it| it.to_str().ok()?.parse().ok());
        let text =
            response.body_mut().with_config().limit(ANSWER).lossy_utf8(true).read_to_string().unwrap_or_default();
        let said = quoted(&text, request.secrets);
        if status.is_success() {
            return Ok(Answer::new(format!("{} {said}", status.as_u16()).trim()));
        }
        Err(refused(&host, status, &said, after.map(Duration::from_secs)))
    }

    fn agent(&self, url: &str) -> Result<Agent, Failure> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("cloister/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(self.patience.whole))
            .timeout_connect(Some(self.patience.connect))
            .timeout_recv_response(Some(self.patience.answer));
        if url.starts_with("https://") {
            let roots = roots(self.ca_file.as_deref())?;
            let roots = roots.iter().map(|root| Certificate::from_der(root).to_owned());
            let tls = TlsConfig::builder()
                .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .root_certs(RootCerts::from(roots));
            config = config.tls_config(tls.build());
        }
        let resolver = Guarded { guard: self.guard.clone(), patience: self.patience.connect };
        Ok(Agent::with_parts(config.build(), DefaultConnector::new(), resolver))
    }
}

/// Of errors nothing is shown that could hold the address's path.
fn failed(host: &str, error: Error) -> Failure {
    match error {
        Error::Other(other) => match other.downcast::<Stopped>() {
            Ok(stopped) => stopped.0,
            Err(_) => Failure::passing(format!("{host} cannot be told"), "look at what stands between"),
        },
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => Failure::passing(
            format!("{host} cannot be reached in time"),
            "look whether it runs, and whether a firewall stands between",
        ),
        Error::Timeout(_) => Failure::passing(format!("{host} does not answer in time"), "look why it is slow"),
        Error::Rustls(error) => Failure::lasting(
            format!("TLS with {host} fails: {}", quoted(&error.to_string(), &[])),
            "if its authority is your own, name its certificate in caFile",
        ),
        Error::Tls(why) => Failure::lasting(format!("TLS with {host} fails: {why}"), "look at its certificate"),
        Error::Io(error) => io(host, &error),
        Error::HostNotFound => Failure::passing(format!("there is no host {host}"), "check its name"),
        Error::ConnectionFailed => Failure::passing(format!("{host} cannot be reached"), "look whether it runs"),
        Error::LargeResponseHeader(..) | Error::Protocol(_) | Error::Http(_) => {
            Failure::lasting(format!("{host} does not answer as HTTP"), "check the port and whether it is https")
        }
        _ => Failure::lasting(format!("{host} cannot be told"), "check the address"),
    }
}

/// What the system says of a connection.
pub fn io(host: &str, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        let cause = format!("TLS with {host} fails: {}", quoted(&tls.to_string(), &[]));
        return Failure::lasting(cause, "if its authority is your own, name its certificate in caFile");
    }
    let (why, help) = match error.kind() {
        ErrorKind::ConnectionRefused => ("refuses the connection", "look whether it runs, and at its port"),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => ("does not answer in time", "look why it is slow"),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            ("ends the connection", "check the port, and whether TLS is spoken there")
        }
        _ => ("cannot be reached", "look whether it runs, and whether a firewall stands between"),
    };
    Failure::passing(format!("{host} {why}"), help)
}

fn refused(host: &str, status: StatusCode, said: &str, after: Option<Duration>) -> Failure {
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    let cause = format!("{host} answers {}{said}", status.as_u16());
    let lasting = |help: &str| Failure::lasting(cause.clone(), help);
    match status.as_u16() {
        429 => {
            Failure { after, ..Failure::passing(cause, "it asks for fewer messages: group more, or repeat less often") }
        }
        408 | 425 | 500..=599 => Failure { after, ..Failure::passing(cause, "look at its log") },
        300..=399 => lasting("it leads elsewhere, where Cloister does not follow: write the address that it leads to"),
        401 | 403 => lasting("look at the secret, and whether it was withdrawn"),
        404 | 410 => lasting("the address is not known there, or not any more: make a new one"),
        413 => lasting("the message is too large for it: group less together"),
        _ => lasting("look at what it says, and at its log"),
    }
}
