//! Asks an authority over HTTP (RFC 3161 section 3.4): bounded in time and length, following nothing.
#![allow(clippy::disallowed_methods, reason = "below the line: connects, and looks at the clock before and after")]

use std::time::Duration;

use jiff::Timestamp;
use ureq::http::Uri;

use super::{Authorities, NONCE, NoPolicy, NoTimestamp, Request, Stamp};
use crate::folder::random;
use crate::web;

/// Of an answer no more is read.
const MOST: u64 = 64 * 1024;
/// One answer takes no longer.
const WHOLE: Duration = Duration::from_secs(30);

/// An authority for time.
#[derive(Clone, Debug)]
pub struct Authority {
    url: String,
    host: String,
    policy: Option<String>,
    trusted: Authorities,
}

/// An address that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of an authority: it takes http:// or https://, a host, and no name or password")]
pub struct NoAddress;

/// Why there is no timestamp.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It could not be asked, or has not answered: who, and why.
    #[error("{0} {1}")]
    Absent(String, String),
    /// It has answered with something that cannot be relied on.
    #[error("the timestamp of {0} is not kept: {1}")]
    Wrong(String, NoTimestamp),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] NoPolicy),
    /// There is no nonce.
    #[error("the system has no random bytes")]
    Random,
}

impl Authority {
    /// One at this address, whose certificate must lead to one of these.
    pub fn new(url: &str, trusted: Authorities, policy: Option<&str>) -> Result<Authority, NoAddress> {
        let uri: Uri = url.parse().map_err(|_| NoAddress)?;
        let authority = uri.authority().filter(|it| !it.as_str().contains('@')).ok_or(NoAddress)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || authority.host().is_empty() {
            return Err(NoAddress);
        }
        let (host, policy) = (authority.as_str().to_owned(), policy.map(str::to_owned));
        Ok(Authority { url: url.to_owned(), host, policy, trusted })
    }

    /// Its host, and the port where it is not the usual one.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Asks for a timestamp of these bytes, of which only the SHA-256 leaves, and checks what comes: the token, and what it
    /// says.
    pub fn stamp(&self, data: &[u8]) -> Result<(Vec<u8>, Stamp), NoAnswer> {
        let nonce: [u8; NONCE] = random().map_err(|_| NoAnswer::Random)?;
        let request = Request::new(data, nonce, self.policy.as_deref())?;
        let absent = |why: String| NoAnswer::Absent(self.host.clone(), why);
        let asked = Timestamp::now();
        let answer = self.post(&request.write()).map_err(absent)?;
        let checked = request.answered(&answer, &self.trusted, (asked, Timestamp::now()));
        checked.map_err(|why| NoAnswer::Wrong(self.host.clone(), why))
    }

    fn post(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        let post = web::agent(&self.url, self.trusted.certificates(), WHOLE).post(&self.url);
        let post =
            post.header("content-type", "application/timestamp-query").header("accept", "application/timestamp-reply");
        let mut response = post.send(request).map_err(|error| web::failed(&error))?;
        match response.status().as_u16() {
            200 => {}
            status @ 300..400 => {
                return Err(format!("answers {status}: it leads elsewhere, where Cloister does not follow"));
            }
            status => return Err(format!("answers {status}")),
        }
        response.body_mut().with_config().limit(MOST).read_to_vec().map_err(|error| web::failed(&error))
    }
}
