//! Who is signed in by a browser. Of its secret only the hash is kept, in the store: a session outlives the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cloister_store::{Session, Store, TokenHash};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::kubernetes::Person;
use super::secret::{self, Hash};

/// So long one stays signed in.
pub const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// So long the link of the beginning can be used.
const LINK_LASTS: SignedDuration = SignedDuration::from_mins(15);
/// More sessions of one person are not kept: the oldest ends.
const MOST: usize = 20;
/// So long what the store said is taken.
const FRESH: Duration = Duration::from_secs(60);
/// The same, where there are other replicas.
const SHARED: Duration = Duration::from_secs(3);
/// More are not held in memory.
const MOST_NEAR: usize = 10_000;

/// By what somebody signed in: each time they ask, it is looked up anew what that gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum By {
    /// The link of the beginning: an administrator.
    Link,
    /// A token of the hub; of it, a hash of its hash.
    Token {
        /// By which its line in the file is found.
        mark: String,
    },
    /// A token of the cluster.
    Kubernetes {
        /// Whose.
        person: Person,
    },
    /// An issuer of OpenID Connect.
    Oidc {
        /// Which issuer, client and claim: others give nothing.
        mark: String,
        /// The person's groups there, as far as they counted here.
        groups: Vec<String>,
    },
}

impl By {
    /// For people.
    pub fn as_str(&self) -> &'static str {
        match self {
            By::Link => "the link of the beginning",
            By::Token { .. } => "a token of the hub",
            By::Kubernetes { .. } => "a token of the cluster",
            By::Oidc { .. } => "OpenID Connect",
        }
    }

    /// So long such a session lasts at the most.
    fn lasts(&self) -> SignedDuration {
        if matches!(self, By::Kubernetes { .. }) { super::kubernetes::LASTS } else { LASTS }
    }
}

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Who.
    pub name: String,
    /// How they signed in.
    pub by: By,
    /// Since when.
    pub since: Timestamp,
    /// When it was last used, to the minute.
    pub used: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// What to call it where it is ended. It is no secret.
    pub id: String,
}

/// All that are signed in, and links that were not used yet.
#[derive(Debug)]
pub struct Sessions {
    store: Arc<dyn Store>,
    fresh: Duration,
    near: Mutex<Near>,
    links: Mutex<HashMap<Hash, (String, Timestamp)>>,
}

#[derive(Debug, Default)]
struct Near {
    known: HashMap<Hash, (Arc<Open>, Instant)>,
    /// How often something was ended: what was read before that is not kept.
    ended: u64,
}

type Result<T> = std::result::Result<T, cloister_store::Error>;

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Without random numbers there is no secret.
pub fn no_random(error: std::io::Error) -> cloister_store::Error {
    cloister_store::Error::Open { place: "the system's random numbers".to_owned(), cause: error.to_string() }
}

fn open(session: &Session) -> Option<Open> {
    let id = session.token.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (since, used, until) = (session.created, session.used, session.until);
    Some(Open { name: session.who.clone(), by: serde_json::from_slice(&session.body).ok()?, since, used, until, id })
}

impl Sessions {
    /// Of this store, which other replicas may share.
    pub fn new(store: Arc<dyn Store>, is_shared: bool) -> Sessions {
        let fresh = if is_shared { SHARED } else { FRESH };
        Sessions { store, fresh, near: Mutex::default(), links: Mutex::default() }
    }

    /// Signs somebody in: the secret for the cookie. It ends no later than `until`. Blocks.
    pub fn begin(&self, name: &str, by: &By, (now, until): (Timestamp, Timestamp)) -> Result<String> {
        let secret = secret::new().map_err(no_random)?;
        let mut others = self.of_person(name, now)?;
        while others.len() >= MOST {
            others.pop().map(|oldest| self.end_hash(&oldest.0)).transpose()?;
        }
        let token = TokenHash(secret::hash("session", &secret));
        let body = serde_json::to_vec(by).unwrap_or_default();
        let until = until.min(now + by.lasts());
        self.store.begin_session(&Session { token, who: name.to_owned(), created: now, used: now, until, body })?;
        Ok(secret)
    }

    /// Whose cookie this is, as far as that is known without asking the store.
    pub fn near(&self, secret: &str, now: Timestamp) -> Option<Arc<Open>> {
        let near = lock(&self.near);
        let (open, asked) = near.known.get(&secret::hash("session", secret))?;
        (asked.elapsed() < self.fresh && open.until > now).then(|| open.clone())
    }

    /// Whose cookie this is. Blocks.
    pub fn of(&self, secret: &str, now: Timestamp) -> Result<Option<Arc<Open>>> {
        let hash = secret::hash("session", secret);
        let ended = lock(&self.near).ended;
        let found = self.store.session(&TokenHash(hash), now)?.as_ref().and_then(open).map(Arc::new);
        // The time of a last use is worth a write a minute, and a full disk signs nobody out.
        if found.is_some() {
            let _ = self.store.use_session(&TokenHash(hash), now);
        }
        let mut near = lock(&self.near);
        match &found {
            Some(open) if near.ended == ended => {
                if near.known.len() >= MOST_NEAR {
                    near.known.clear();
                }
                near.known.insert(hash, (open.clone(), Instant::now()));
            }
            _ => drop(near.known.remove(&hash)),
        }
        Ok(found)
    }

    /// Signs out. Blocks.
    pub fn end(&self, secret: &str) -> Result<()> {
        self.end_hash(&secret::hash("session", secret))
    }

    fn end_hash(&self, hash: &Hash) -> Result<()> {
        self.store.end_session(&TokenHash(*hash))?;
        self.forget(|known, _| known == hash);
        Ok(())
    }

    fn forget(&self, is_ended: impl Fn(&Hash, &Open) -> bool) {
        let mut near = lock(&self.near);
        near.ended += 1;
        near.known.retain(|hash, (open, _)| !is_ended(hash, open));
    }

    fn of_person(&self, name: &str, now: Timestamp) -> Result<Vec<(Hash, Open)>> {
        let all = self.store.sessions_of(name, now)?;
        Ok(all.iter().filter_map(|session| Some((session.token.0, open(session)?))).collect())
    }

    /// The sessions of somebody, the newest first. Blocks.
    pub fn all_of(&self, name: &str, now: Timestamp) -> Result<Vec<Open>> {
        Ok(self.of_person(name, now)?.into_iter().map(|(_, open)| open).collect())
    }

    /// Ends one session of somebody, by what it is called. Whether there was one. Blocks.
    pub fn end_one(&self, name: &str, id: &str, now: Timestamp) -> Result<bool> {
        let found = self.of_person(name, now)?.into_iter().find(|(_, open)| open.id == id);
        found.map(|(hash, _)| self.end_hash(&hash)).transpose().map(|ended| ended.is_some())
    }

    /// Ends all sessions of somebody: how many. Blocks.
    pub fn end_all(&self, name: &str) -> Result<u64> {
        let ended = self.store.end_sessions_of(name)?;
        self.forget(|_, open| open.name == name);
        Ok(ended)
    }

    /// A link that signs in once, as administrator.
    pub fn link(&self, name: &str, now: Timestamp) -> std::io::Result<String> {
        let secret = secret::new()?;
        lock(&self.links).insert(secret::hash("link", &secret), (name.to_owned(), now + LINK_LASTS));
        Ok(secret)
    }

    /// Uses a link up: whom it signs in.
    pub fn follow(&self, secret: &str, now: Timestamp) -> Option<String> {
        let (name, until) = lock(&self.links).remove(&secret::hash("link", secret))?;
        (until > now).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions() -> Sessions {
        Sessions::new(crate::keep::store(None).unwrap(), false)
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_link_is_used_once_and_not_late() {
        let sessions = sessions();
        let link = sessions.link("local", NOW).unwrap();
        assert!(sessions.follow(&link, NOW).is_some());
        assert!(sessions.follow(&link, NOW).is_none());
        let late = sessions.link("local", NOW).unwrap();
        assert!(sessions.follow(&late, NOW + LINK_LASTS).is_none());
    }

    #[test]
    fn a_session_ends() {
        let sessions = sessions();
        let secret = sessions.begin("mila", &By::Link, (NOW, NOW + LASTS)).unwrap();
        assert!(sessions.near(&secret, NOW).is_none(), "the store is asked first");
        assert_eq!(sessions.of(&secret, NOW).unwrap().unwrap().name, "mila");
        assert!(sessions.near(&secret, NOW).is_some() && sessions.near(&secret, NOW + LASTS).is_none());
        sessions.end(&secret).unwrap();
        assert!(sessions.near(&secret, NOW).is_none() && sessions.of(&secret, NOW).unwrap().is_none());
        assert!(sessions.of("", NOW).unwrap().is_none());
        let late = sessions.begin("mila", &By::Link, (NOW, Timestamp::MAX)).unwrap();
        assert!(sessions.of(&late, NOW + LASTS).unwrap().is_none(), "no session lasts longer than it may");
    }

    #[test]
    fn one_session_is_ended_or_all_of_somebody_and_of_nobody_else() {
        let sessions = sessions();
        let begin = |name: &str| sessions.begin(name, &By::Link, (NOW, NOW + LASTS)).unwrap();
        let (one, two, other) = (begin("mila"), begin("mila"), begin("jan"));
        for secret in [&one, &two, &other] {
            sessions.of(secret, NOW).unwrap();
        }
        let id = sessions.of(&one, NOW).unwrap().unwrap().id.clone();
        assert!(!sessions.end_one("jan", &id, NOW).unwrap(), "nobody ends what is another's");
        assert!(sessions.end_one("mila", &id, NOW).unwrap() && sessions.near(&one, NOW).is_none());
        assert_eq!(sessions.all_of("mila", NOW).unwrap().len(), 1);
        assert_eq!(sessions.end_all("mila").unwrap(), 1);
        assert!(sessions.near(&two, NOW).is_none() && sessions.near(&other, NOW).is_some());
    }

    #[test]
    fn the_oldest_of_too_many_ends() {
        let sessions = sessions();
        let begin = |at| sessions.begin("mila", &By::Link, (NOW + SignedDuration::from_secs(at), NOW + LASTS)).unwrap();
        let first = begin(0);
        (1..=MOST as i64).for_each(|at| drop(begin(at)));
        let later = NOW + SignedDuration::from_mins(1);
        assert_eq!(sessions.all_of("mila", later).unwrap().len(), MOST);
        assert!(sessions.of(&first, later).unwrap().is_none());
    }
}
