//! Requests of this crate: bounded in time, following nothing, by the authorities of the system and those that are named.
#![allow(clippy::disallowed_methods, reason = "below the line: connects")]

use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};

const CONNECT: Duration = Duration::from_secs(10);

/// Asks at this address, for so long.
pub(crate) fn agent<'a>(url: &str, own: impl Iterator<Item = &'a [u8]>, whole: Duration) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(concat!("cloister/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(whole))
        .timeout_connect(Some(CONNECT));
    if url.starts_with("https:") {
        let system = rustls_native_certs::load_native_certs().certs;
        let system = system.iter().map(|one| Certificate::from_der(one).to_owned());
        let roots: Vec<_> = system.chain(own.map(|one| Certificate::from_der(one).to_owned())).collect();
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::from(roots.into_iter()));
        config = config.tls_config(tls.build());
    }
    config.build().new_agent()
}

/// Why there is no answer, behind the host's name.
pub(crate) fn failed(error: &Error) -> String {
    use std::io::ErrorKind;
    match error {
        Error::Timeout(_) => "does not answer in time".to_owned(),
        Error::HostNotFound => "is not a host that is known".to_owned(),
        Error::BodyExceedsLimit(most) => format!("answers with more than {} KiB", most / 1024),
        Error::Io(io) if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => tls(),
        Error::Rustls(_) | Error::Tls(_) => tls(),
        Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => "refuses the connection".to_owned(),
        Error::Io(io) if matches!(io.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            "does not answer in time".to_owned()
        }
        Error::Io(_) | Error::ConnectionFailed => "cannot be reached".to_owned(),
        _ => "does not answer as HTTP".to_owned(),
    }
}

fn tls() -> String {
    "shows a certificate of TLS that is of no authority that is trusted here, or of another name".to_owned()
}
