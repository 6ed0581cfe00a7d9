//! Signing in by Kubernetes: the cluster says whose a token is (TokenReview) and what that person may (SubjectAccessReview).
//!
//! - The role comes from verbs on a resource that no API server serves, `hubs` of the group `hub.cloister.dev`, for the cluster
//!   as a whole: `view`, `accept`, `attest`, `administer`. Who has none of them does not come in.
//! - Who may list pods in all namespaces sees everything in the hub; anybody else the namespaces of the hub's own source in which
//!   they may list pods.
//!
//! What the cluster said holds for a minute, and nothing that was said before is taken where it does not answer.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::Hash as StdHash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::role::Role;
use super::scope::Scope;
use super::secret::{self, Hash};
use crate::Snapshot;

/// Somebody as the cluster knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The user's name, such as `system:serviceaccount:shop:mila`.
    pub name: String,
    /// The user's own number.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What else the cluster's authentication says, for its authorisation.
    pub extra: BTreeMap<String, Vec<String>>,
}

/// What one may be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The resource.
    pub resource: &'static str,
    /// The verb.
    pub verb: &'static str,
    /// In this namespace; `None` for all of them, and for what has none.
    pub namespace: Option<Arc<str>>,
}

/// A cluster's API server. Its calls block, and end within seconds.
pub trait Cluster: Debug + Send + Sync {
    /// Whose token it is, where it was made for this hub.
    ///
    /// # Errors
    /// It does not answer, or the hub may not ask.
    fn whose(&self, token: &str) -> Result<Option<Person>, String>;

    /// Whether the person may, for each in its order.
    ///
    /// # Errors
    /// It does not answer, or the hub may not ask.
    fn may(&self, person: &Person, asked: &[Access]) -> Result<Vec<bool>, String>;
}

/// What somebody is, and sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The role.
    pub role: Role,
    /// What they see.
    pub scope: Scope,
}

/// Why a token signs nobody in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIn {
    /// The cluster does not know it, or it was made for something else.
    #[error("the cluster knows no such token that was made for this hub")]
    Unknown,
    /// No verb on `hubs`.
    #[error(
        "{0} is known to the cluster and has no right in the hub: a role with a verb on hubs of hub.cloister.dev gives one"
    )]
    NoRole(String),
    /// No namespace.
    #[error("{0} may list pods in no namespace that is watched here, and would see nothing")]
    NoNamespace(String),
    /// No answer.
    #[error("the cluster could not be asked: {0}")]
    Trouble(String),
}

/// So long an answer of the cluster holds.
const HOLDS: Duration = Duration::from_secs(60);
/// So long it is remembered that a token is nobody's.
const UNKNOWN_HOLDS: Duration = Duration::from_secs(10);
/// More are not remembered.
const MOST: usize = 10_000;
/// So many ask the cluster at a time: each takes a thread.
const AT_ONCE: usize = 4;
/// More namespaces are not asked about.
const MOST_NAMESPACES: usize = 2000;
/// Longest token.
const LONGEST: usize = 16 * 1024;
/// So long such a session lasts at the most: the cluster is not told when a token is taken back.
pub const LASTS: SignedDuration = SignedDuration::from_hours(1);
const HUB: &str = "hub.cloister.dev";

/// Who comes in by the cluster.
#[derive(Debug)]
pub struct Kubernetes {
    cluster: Arc<dyn Cluster>,
    /// The source that is watched from it.
    pub source: Arc<str>,
    tokens: Remembered<Hash, Option<Person>>,
    rights: Remembered<Person, Granted>,
    asking: AtomicUsize,
    /// How long an answer holds.
    pub(crate) holds: Duration,
}

/// What was answered, as long as it holds.
#[derive(Debug)]
struct Remembered<K, V>(Mutex<HashMap<K, (V, Instant)>>);

impl<K: Eq + StdHash, V: Clone> Remembered<K, V> {
    fn new() -> Self {
        Remembered(Mutex::default())
    }

    fn get(&self, key: &K) -> Option<V> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(_, until)| *until > Instant::now()).map(|(value, _)| value.clone())
    }

    fn keep(&self, key: K, value: V, holds: Duration) {
        let (mut known, now) = (self.0.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        if known.len() >= MOST {
            known.retain(|_, (_, until)| *until > now);
        }
        if known.len() < MOST {
            known.insert(key, (value, now + holds));
        }
    }
}

impl Kubernetes {
    /// People of this cluster, which the source is watched from.
    pub fn new(cluster: Arc<dyn Cluster>, source: Arc<str>) -> Kubernetes {
        let (tokens, rights) = (Remembered::new(), Remembered::new());
        Kubernetes { cluster, source, tokens, rights, asking: AtomicUsize::new(0), holds: HOLDS }
    }

    /// What is known without asking: whose the token is, and what they may.
    pub fn known(&self, token: &str) -> Option<Result<(Person, Granted), NotIn>> {
        match self.tokens.get(&secret::hash("kubernetes", token))? {
            None => Some(Err(NotIn::Unknown)),
            Some(person) => self.rights.get(&person).map(|granted| Ok((person, granted))),
        }
    }

    /// What is known without asking of what somebody may.
    pub fn known_of(&self, person: &Person) -> Option<Granted> {
        self.rights.get(person)
    }

    /// Whose a token is, and what they may. Blocks.
    pub fn whose(&self, token: &str, known: Option<&Snapshot>) -> Result<(Person, Granted), NotIn> {
        if token.is_empty() || token.len() > LONGEST {
            return Err(NotIn::Unknown);
        }
        let key = secret::hash("kubernetes", token);
        let person = match self.tokens.get(&key) {
            Some(person) => person,
            None => {
                let person = self.asking(|| self.cluster.whose(token))?;
                self.tokens.keep(key, person.clone(), if person.is_some() { self.holds } else { UNKNOWN_HOLDS });
                person
            }
        };
        let person = person.ok_or(NotIn::Unknown)?;
        let granted = self.granted(&person, known)?;
        Ok((person, granted))
    }

    /// What somebody may now. Blocks.
    pub fn granted(&self, person: &Person, known: Option<&Snapshot>) -> Result<Granted, NotIn> {
        if let Some(granted) = self.rights.get(person) {
            return Ok(granted);
        }
        let role = self.role(person)?.ok_or_else(|| NotIn::NoRole(person.name.clone()))?;
        let scope = self.scope(person, known)?.ok_or_else(|| NotIn::NoNamespace(person.name.clone()))?;
        let granted = Granted { role, scope };
        self.rights.keep(person.clone(), granted.clone(), self.holds);
        Ok(granted)
    }

    fn role(&self, person: &Person) -> Result<Option<Role>, NotIn> {
        const VERBS: [(&str, Role); 4] =
            [("administer", Role::Admin), ("attest", Role::Dpo), ("accept", Role::Engineer), ("view", Role::Viewer)];
        let asked = VERBS.map(|(verb, _)| Access { group: HUB, resource: "hubs", verb, namespace: None });
        let may = self.asking(|| self.cluster.may(person, &asked))?;
        Ok(VERBS.iter().zip(may).find(|(_, may)| *may).map(|((_, role), _)| *role))
    }

    fn scope(&self, person: &Person, known: Option<&Snapshot>) -> Result<Option<Scope>, NotIn> {
        let pods = |namespace| Access { group: "", resource: "pods", verb: "list", namespace };
        if self.asking(|| self.cluster.may(person, &[pods(None)]))?.first() == Some(&true) {
            return Ok(Some(Scope::Whole));
        }
        let first =
            || NotIn::Trouble("what is watched is being assessed for the first time, try again in a moment".to_owned());
        let all = known.ok_or_else(first)?.all_namespaces();
        let asked: Vec<Access> = all.iter().take(MOST_NAMESPACES).cloned().map(|name| pods(Some(name))).collect();
        let may = self.asking(|| self.cluster.may(person, &asked))?;
        let seen: Vec<&Arc<str>> = all.iter().zip(may).filter(|(_, may)| *may).map(|(name, _)| name).collect();
        Ok((!seen.is_empty()).then(|| Scope::of_source(&self.source, seen)))
    }

    fn asking<T>(&self, ask: impl FnOnce() -> Result<T, String>) -> Result<T, NotIn> {
        let place = self.asking.fetch_add(1, Ordering::AcqRel);
        let answer = if place < AT_ONCE { ask() } else { Err("others ask already, try again in a moment".to_owned()) };
        self.asking.fetch_sub(1, Ordering::AcqRel);
        answer.map_err(NotIn::Trouble)
    }
}

/// When a session that this token began ends: with the token, where it says so itself. The cluster has verified it as a whole.
pub fn ends(token: &str, now: Timestamp) -> Timestamp {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
    }
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Option<Claims> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let own = claims.and_then(|claims| Timestamp::from_second(claims.exp).ok());
    own.unwrap_or(now + LASTS).min(now + LASTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_with_its_token_or_after_an_hour() {
        let now = Timestamp::from_second(1000).unwrap();
        let token = |claims: &str| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(ends(&token(r#"{"exp":1600}"#), now).as_second(), 1600);
        for other in [token(r#"{"exp":99999}"#), token("{}"), token("[["), "opaque".to_owned(), String::new()] {
            assert_eq!(ends(&other, now), now + LASTS);
        }
    }
}
