//! One event with all that rules are about.

use std::fmt;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::event::{Outcome, outcome};
use crate::text::Text;
use crate::uri;

/// Longer ids are no server's.
const LONGEST_ID: usize = 128;

/// An event as a server writes it. Its strings and bodies lie in the text that it was read from.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(rename = "auditID", borrow)]
    audit_id: Text<'a>,
    #[serde(borrow)]
    stage: Text<'a>,
    #[serde(rename = "requestURI", borrow)]
    request_uri: Text<'a>,
    #[serde(borrow)]
    verb: Text<'a>,
    #[serde(borrow)]
    user: Option<User<'a>>,
    #[serde(borrow)]
    impersonated_user: Option<User<'a>>,
    #[serde(rename = "sourceIPs", borrow)]
    source_ips: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    user_agent: Text<'a>,
    #[serde(borrow)]
    object_ref: Option<Object<'a>>,
    #[serde(borrow)]
    response_status: Option<Answer<'a>>,
    #[serde(borrow)]
    request_object: Option<&'a RawValue>,
    #[serde(borrow)]
    response_object: Option<&'a RawValue>,
    #[serde(borrow)]
    request_received_timestamp: Text<'a>,
    #[serde(borrow)]
    stage_timestamp: Text<'a>,
    #[serde(borrow)]
    annotations: Pairs<'a>,
    /// There in a list of events, and nowhere else.
    items: Option<IgnoredAny>,
}

/// Who asked, or as whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct User<'a> {
    #[serde(borrow)]
    username: Text<'a>,
    #[serde(borrow)]
    groups: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    extra: Option<Extra<'a>>,
}

/// What authentication says of a user beside name and groups, as far as rules ask.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extra<'a> {
    /// Which token or certificate it was.
    #[serde(rename = "authentication.kubernetes.io/credential-id", borrow)]
    credential: Option<Vec<Text<'a>>>,
}

/// What the request was about.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Object<'a> {
    #[serde(borrow)]
    resource: Text<'a>,
    #[serde(borrow)]
    namespace: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    api_group: Text<'a>,
    #[serde(borrow)]
    subresource: Text<'a>,
}

/// How it ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer<'a> {
    code: Option<i32>,
    #[serde(borrow)]
    reason: Text<'a>,
}

/// A map of strings, in its order.
#[derive(Debug, Default)]
pub struct Pairs<'a>(Vec<(Text<'a>, Text<'a>)>);

impl Pairs<'_> {
    /// The value of a key; empty where there is none.
    pub fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| &**name == key).map_or("", |(_, value)| value)
    }

    /// Every key with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Pairs<'a>, D::Error> {
        struct Maps;
        impl<'de> Visitor<'de> for Maps {
            type Value = Pairs<'de>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a map of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Pairs<'de>, E> {
                Ok(Pairs::default())
            }
        }
        from.deserialize_any(Maps)
    }
}

impl<'a> Event<'a> {
    /// Reads one.
    ///
    /// # Errors
    /// It is no JSON, or a field is not what `audit.k8s.io` has there.
    pub fn read(text: &'a [u8]) -> Result<Event<'a>, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// Whether this is an event of a log, and not some other JSON.
    pub fn is_one(&self) -> bool {
        (self.kind.is_empty() || &*self.kind == "Event")
            && (self.api_version.is_empty() || self.api_version.starts_with("audit.k8s.io/"))
            && !self.verb.is_empty()
            && self.user.is_some()
    }

    /// Whether it is a list of events instead.
    pub fn is_list(&self) -> bool {
        self.items.is_some()
    }

    /// What the server calls the request: the same in each of its stages; empty where it says nothing.
    pub fn audit_id(&self) -> &str {
        if self.audit_id.len() > LONGEST_ID { "" } else { &self.audit_id }
    }

    /// `RequestReceived`, `ResponseStarted`, `ResponseComplete` or `Panic`.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// What tells the event from every other: the request, its stage, and a hash of what it says. Whoever asks may choose
    /// the request's id (the header `Audit-ID`), and so could make another event look like one that is known.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.time_text(), self.verb(), self.uri(), self.user()].into_iter().chain(self.addresses()) {
            // Parts do not run into each other.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut text = format!("{}/{}/", self.audit_id(), &*self.stage);
        hash.finalize().iter().take(16).for_each(|byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        });
        text
    }

    /// The verb; for a path the HTTP method in small letters.
    pub fn verb(&self) -> &str {
        &self.verb
    }

    /// Path and query as they were sent.
    pub fn uri(&self) -> &str {
        &self.request_uri
    }

    /// The path, decoded.
    pub fn path(&self) -> std::borrow::Cow<'_, str> {
        uri::path(&self.request_uri)
    }

    /// Whether nothing was to be changed.
    pub fn is_dry_run(&self) -> bool {
        let query = self.request_uri.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|part| part.starts_with("dryRun=") && part.len() > "dryRun=".len())
    }

    /// Who really asked; empty where nobody was recognised.
    pub fn user(&self) -> &str {
        self.user.as_ref().map_or("", |user| &user.username)
    }

    /// Its groups.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.user.iter().flat_map(|user| user.groups.iter().flatten()).map(|group| &**group)
    }

    /// As whom it was answered, where that is somebody else; else empty.
    pub fn acting_as(&self) -> &str {
        self.impersonated_user.as_ref().map_or("", |user| &user.username)
    }

    /// The groups of [`Event::acting_as`].
    pub fn acting_groups(&self) -> impl Iterator<Item = &str> {
        self.impersonated_user.iter().flat_map(|user| user.groups.iter().flatten()).map(|group| &**group)
    }

    /// Which token or certificate was presented, where the server tells; else empty.
    pub fn credential(&self) -> &str {
        let extra = self.user.as_ref().and_then(|user| user.extra.as_ref());
        extra.and_then(|extra| extra.credential.as_ref()?.first()).map_or("", |id| id)
    }

    /// Where it came from: what proxies say first, the real other end last.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.source_ips.iter().flatten().map(|address| &**address)
    }

    /// What the client calls itself.
    pub fn agent(&self) -> &str {
        &self.user_agent
    }

    /// Whether it is about an object, and not about a path.
    pub fn has_object(&self) -> bool {
        self.object_ref.is_some()
    }

    /// The API group of the object.
    pub fn group(&self) -> &str {
        self.object_ref.as_ref().map_or("", |object| &object.api_group)
    }

    /// The kind of object, as in `pods`.
    pub fn resource(&self) -> &str {
        self.object_ref.as_ref().map_or("", |object| &object.resource)
    }

    /// The part of it, as in `exec`.
    pub fn subresource(&self) -> &str {
        self.object_ref.as_ref().map_or("", |object| &object.subresource)
    }

    /// Its namespace; a Namespace is in itself.
    pub fn namespace(&self) -> &str {
        match &self.object_ref {
            Some(object) if object.namespace.is_empty() && &*object.resource == "namespaces" => &object.name,
            Some(object) => &object.namespace,
            None => "",
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.object_ref.as_ref().map_or("", |object| &object.name)
    }

    /// The HTTP status, or 0.
    pub fn code(&self) -> i32 {
        self.response_status.as_ref().and_then(|status| status.code).unwrap_or(0)
    }

    /// Why it failed, in the server's word.
    pub fn reason(&self) -> &str {
        self.response_status.as_ref().map_or("", |status| &status.reason)
    }

    /// What the authoriser decided.
    pub fn outcome(&self) -> Outcome {
        outcome(self.annotations.get("authorization.k8s.io/decision"), self.code())
    }

    /// Why it was allowed, in the authoriser's words.
    pub fn allowed_by(&self) -> &str {
        self.annotations.get("authorization.k8s.io/reason")
    }

    /// What plugins wrote.
    pub fn annotations(&self) -> &Pairs<'a> {
        &self.annotations
    }

    /// When the request arrived, else when the event was written; `None` where that is no time.
    pub fn time(&self) -> Option<Timestamp> {
        self.time_text().parse().ok()
    }

    fn time_text(&self) -> &str {
        if self.request_received_timestamp.is_empty() {
            &self.stage_timestamp
        } else {
            &self.request_received_timestamp
        }
    }

    /// The body of the request, as JSON, where the audit policy has it written.
    pub fn request(&self) -> Option<&'a str> {
        self.request_object.map(RawValue::get)
    }

    /// The body of the answer, likewise.
    pub fn response(&self) -> Option<&'a str> {
        self.response_object.map(RawValue::get)
    }
}
