//! A request, as a handler sees it.

use std::borrow::Cow;
use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Problem;
use crate::Hub;
use crate::who::Who;

/// What is asked, by whom.
#[derive(Debug)]
pub struct Ask<'h> {
    /// The hub.
    pub hub: &'h Hub,
    /// Who asks; none where nobody is signed in.
    pub who: Option<Who>,
    /// The method.
    pub method: Method,
    /// The path as it was asked for.
    pub path: &'h str,
    /// The parts of the path that have names.
    pub parts: Vec<(String, String)>,
    /// After the question mark.
    pub query: Query,
    /// Headers.
    pub headers: &'h HeaderMap,
    /// The secret of the session's cookie.
    pub session: Option<String>,
    /// The secret of the cookie that the form for signing in goes with.
    pub visit: Option<String>,
    /// What was sent.
    pub body: Bytes,
    /// From where.
    pub from: IpAddr,
}

/// Names with values, of an address or of a form. Of doubled names the first counts.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads them.
    pub fn read(text: &[u8]) -> Query {
        let pairs = form_urlencoded::parse(text).take(MOST_FIELDS);
        Query(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The value of one, where it is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether it stands there, be it empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// All values of one.
    pub fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.pairs().filter(move |(known, _)| *known == name).map(|(_, value)| value.trim())
    }

    /// Names and values, as they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same question with another value for one name; without it where the value is empty.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut all = form_urlencoded::Serializer::new(String::new());
        for (known, held) in self.0.iter().filter(|(known, held)| known != name && !held.is_empty()) {
            all.append_pair(known, held);
        }
        if !value.is_empty() {
            all.append_pair(name, value);
        }
        all.finish()
    }
}

const MOST_FIELDS: usize = 256;

impl<'h> Ask<'h> {
    /// A part of the path.
    pub fn part(&self, name: &str) -> &str {
        self.parts.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The form that was sent, whose token must be that of the session.
    pub fn form(&self) -> Result<Query, Problem> {
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("");
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Problem::new(415, "a form is sent as application/x-www-form-urlencoded"));
        }
        Ok(Query::read(&self.body))
    }
}

/// What must not stand in a part of a path as it is.
const IN_SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'(').remove(b')').remove(b':');

/// A text as a part of a path.
pub fn segment(text: &str) -> Cow<'_, str> {
    match text {
        // These would be taken for the folder, and the one above it.
        "." => "%2E".into(),
        ".." => "%2E%2E".into(),
        "" => "-".into(),
        text => utf8_percent_encode(text, IN_SEGMENT).into(),
    }
}

/// A part of a path as text; none where it is none.
pub fn decoded(part: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(part).decode_utf8().ok().filter(|text| !text.contains('\0'))
}
