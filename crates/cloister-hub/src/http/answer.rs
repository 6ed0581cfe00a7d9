//! An answer. Whatever it says, it carries what keeps browsers from doing more with it than was meant.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use maud::Markup;
use serde::Serialize;

/// A body: whole, or one that goes on.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// An answer.
#[derive(Debug)]
pub struct Answer(pub Response<Body>);

/// Nothing from elsewhere, nothing written into the page itself, and no page around it.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// What is wrong with a request: cause and way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: u16,
    /// In a sentence, without a full stop.
    pub detail: String,
    /// After so many seconds one may try again.
    pub wait: Option<u64>,
    /// What the address takes in place of the method that was asked for.
    pub allow: Option<String>,
}

impl Problem {
    /// Of this status.
    pub fn new(status: u16, detail: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), wait: None, allow: None }
    }

    /// There is no such thing.
    pub fn missing(detail: impl Into<String>) -> Problem {
        Problem::new(404, detail)
    }

    /// Why the store did not do it: what was said cannot be kept (422), or the store has failed (503).
    pub fn stored(why: &cloister_store::Error) -> Problem {
        use cloister_store::Error::{Cursor, Taken, Unfit};
        let status = if matches!(why, Unfit { .. } | Cursor | Taken { .. }) { 422 } else { 503 };
        Problem::new(status, why.to_string())
    }

    /// The words of its status.
    pub fn title(&self) -> &'static str {
        StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
    }

    /// As `application/problem+json` (RFC 9457).
    pub fn answer(&self) -> Answer {
        #[derive(Serialize)]
        struct Written<'a> {
            r#type: &'static str,
            title: &'static str,
            status: u16,
            detail: &'a str,
        }
        let written = Written { r#type: "about:blank", title: self.title(), status: self.status, detail: &self.detail };
        let answer =
            Answer::new(self.status, "application/problem+json", serde_json::to_vec(&written).unwrap_or_default());
        answer.headed(self)
    }
}

impl Answer {
    /// Bytes of a type.
    pub fn new(status: u16, kind: &'static str, bytes: impl Into<Bytes>) -> Answer {
        Answer::of(status, kind, Full::new(bytes.into()).boxed_unsync())
    }

    /// A body that goes on.
    pub fn of(status: u16, kind: &'static str, body: Body) -> Answer {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.extend(HEADERS.into_iter().map(|(name, value)| (Some(name), value)));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Answer(response)
    }

    /// A page.
    pub fn page(status: u16, page: Markup) -> Answer {
        Answer::new(status, "text/html; charset=utf-8", page.into_string())
    }

    /// JSON.
    pub fn json(value: &impl Serialize) -> Answer {
        Answer::new(200, "application/json", serde_json::to_vec(value).unwrap_or_default())
    }

    /// Look there: after a form, and for what moved.
    pub fn see(place: &str) -> Answer {
        Answer::new(303, "text/plain; charset=utf-8", "").with(header::LOCATION, place)
    }

    /// With another header; one that cannot be written is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Answer {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().append(name, value);
        }
        self
    }

    /// May be kept by whoever has it, for ever: its name changes with it.
    #[must_use]
    pub fn for_good(mut self) -> Answer {
        self.0
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        self
    }

    /// May be kept, and is asked for again each time.
    #[must_use]
    pub fn tagged(mut self, tag: &str) -> Answer {
        self.0.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        self.with(header::ETAG, tag)
    }

    /// With the headers that belong to what is wrong.
    #[must_use]
    pub fn headed(mut self, problem: &Problem) -> Answer {
        if let Some(seconds) = problem.wait {
            self.0.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        match &problem.allow {
            Some(allow) => self.with(header::ALLOW, allow),
            None => self,
        }
    }
}
