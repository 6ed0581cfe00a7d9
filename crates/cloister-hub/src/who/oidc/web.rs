//! Questions to the issuer: bounded in time and length, following nothing, by TLS but on this machine itself.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::Uri;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error, Timeout};

/// Of an answer no more is read.
const MOST: u64 = 1024 * 1024;
/// One answer takes no longer.
const WHOLE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
const CONNECT: Duration = Duration::from_secs(5);

/// Asks.
#[derive(Debug)]
pub struct Web(Agent);

/// An answer.
pub struct Answered {
    pub status: u16,
    pub bytes: Vec<u8>,
}

impl Web {
    /// With whom to trust: the authorities of a file, else those of the system.
    pub fn new(ca: Option<&Path>) -> Result<Web, String> {
        let own = ca.map(authorities).transpose()?;
        let roots = own.as_ref().unwrap_or_else(|| system()).iter().map(|root| Certificate::from_der(root).to_owned());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::from(roots));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("cloister/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(WHOLE))
            .timeout_connect(Some(CONNECT))
            .tls_config(tls.build());
        Ok(Web(config.build().new_agent()))
    }

    /// Gets JSON.
    pub fn get(&self, address: &str, bearer: Option<&str>) -> Result<Vec<u8>, String> {
        let mut asked = self.0.get(address).header("accept", "application/json");
        if let Some(token) = bearer {
            asked = asked.header("authorization", format!("Bearer {token}"));
        }
        let answered = asked.call().map_err(|error| failed(address, &error)).and_then(|it| read(address, it))?;
        match answered.status {
            200 => Ok(answered.bytes),
            status => Err(format!("{} answers {status}", host(address))),
        }
    }

    /// Sends a form.
    pub fn post(&self, address: &str, form: String, authorization: Option<String>) -> Result<Answered, String> {
        let mut asked = self.0.post(address).header("accept", "application/json");
        asked = asked.header("content-type", "application/x-www-form-urlencoded");
        if let Some(value) = authorization {
            asked = asked.header("authorization", value);
        }
        asked.send(form).map_err(|error| failed(address, &error)).and_then(|it| read(address, it))
    }
}

/// Read once: there are hundreds.
fn system() -> &'static Vec<CertificateDer<'static>> {
    static SYSTEM: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    SYSTEM.get_or_init(|| rustls_native_certs::load_native_certs().certs)
}

fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let wrong = || format!("no certificate can be read from {}", path.display());
    all.ok().filter(|all| !all.is_empty()).ok_or_else(wrong)
}

fn read(address: &str, mut answer: http::Response<Body>) -> Result<Answered, String> {
    let status = answer.status().as_u16();
    if (300..400).contains(&status) {
        return Err(format!("{} leads elsewhere, where the hub does not follow", host(address)));
    }
    let bytes = answer.body_mut().with_config().limit(MOST).read_to_vec().map_err(|error| failed(address, &error))?;
    Ok(Answered { status, bytes })
}

/// Of an address nothing but its host is told.
fn host(address: &str) -> String {
    address.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_else(|| "it".to_owned())
}

fn failed(address: &str, error: &Error) -> String {
    use std::io::ErrorKind;
    let host = host(address);
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => format!("{host} cannot be reached in time"),
        Error::Timeout(_) => format!("{host} does not answer in time"),
        Error::HostNotFound => format!("there is no host {host}"),
        Error::BodyExceedsLimit(_) => format!("{host} answers with more than {} KiB", MOST / 1024),
        Error::Io(io) if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => tls(&host),
        Error::Rustls(_) | Error::Tls(_) => tls(&host),
        Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => format!("{host} refuses the connection"),
        Error::Io(io) if matches!(io.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            format!("{host} does not answer in time")
        }
        Error::Io(_) | Error::ConnectionFailed => format!("{host} cannot be reached"),
        _ => format!("{host} does not answer as HTTP"),
    }
}

fn tls(host: &str) -> String {
    format!(
        "the certificate of {host} is of no authority that is trusted here, or of another name (--oidc-ca names an own authority)"
    )
}

/// Whether an address may be asked or led to: by TLS, or on this machine itself; naming nobody, and without a fragment.
pub fn is_safe(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_here = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic()) && !address.contains(['#', '"', '<', '>', '\\']);
    is_plain
        && !authority.as_str().contains('@')
        && !bare.is_empty()
        && (scheme == "https" || scheme == "http" && is_here)
}
