//! Who is signed in by a browser. Of its secret only the hash is kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::Who;
use super::role::Role;
use super::secret::{self, Hash};

/// So long one stays signed in.
pub const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// So long the link of the beginning can be used.
const LINK_LASTS: SignedDuration = SignedDuration::from_mins(15);
/// More are not kept: the oldest goes.
const MOST: usize = 10_000;

#[derive(Debug)]
struct Session {
    name: String,
    role: Role,
    until: Timestamp,
}

/// All that are signed in, and links that were not used yet.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<HashMap<Hash, Session>>,
    links: Mutex<HashMap<Hash, Session>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sessions {
    /// Signs somebody in: the secret for the cookie.
    pub fn begin(&self, name: &str, role: Role, now: Timestamp) -> std::io::Result<String> {
        let secret = secret::new()?;
        let session = Session { name: name.to_owned(), role, until: now + LASTS };
        let mut open = lock(&self.open);
        open.retain(|_, session| session.until > now);
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, session)| session.until).map(|(hash, _)| *hash);
            oldest.map(|hash| open.remove(&hash));
        }
        open.insert(secret::hash("session", &secret), session);
        Ok(secret)
    }

    /// Whose cookie this is.
    pub fn of(&self, secret: &str, now: Timestamp) -> Option<Who> {
        let open = lock(&self.open);
        let session = open.get(&secret::hash("session", secret)).filter(|session| session.until > now)?;
        Some(Who { name: session.name.clone(), role: session.role, forms: secret::of_forms(secret) })
    }

    /// Signs out.
    pub fn end(&self, secret: &str) {
        lock(&self.open).remove(&secret::hash("session", secret));
    }

    /// A link that signs in once.
    pub fn link(&self, name: &str, role: Role, now: Timestamp) -> std::io::Result<String> {
        let secret = secret::new()?;
        let session = Session { name: name.to_owned(), role, until: now + LINK_LASTS };
        lock(&self.links).insert(secret::hash("link", &secret), session);
        Ok(secret)
    }

    /// Uses a link up: whom it signs in.
    pub fn follow(&self, secret: &str, now: Timestamp) -> Option<(String, Role)> {
        let session = lock(&self.links).remove(&secret::hash("link", secret))?;
        (session.until > now).then_some((session.name, session.role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_used_once_and_not_late() {
        let (sessions, now) = (Sessions::default(), Timestamp::UNIX_EPOCH);
        let link = sessions.link("local", Role::Admin, now).unwrap();
        assert!(sessions.follow(&link, now).is_some());
        assert!(sessions.follow(&link, now).is_none());
        let late = sessions.link("local", Role::Admin, now).unwrap();
        assert!(sessions.follow(&late, now + LINK_LASTS).is_none());
    }

    #[test]
    fn a_session_ends() {
        let (sessions, now) = (Sessions::default(), Timestamp::UNIX_EPOCH);
        let secret = sessions.begin("mila", Role::Dpo, now).unwrap();
        assert_eq!(sessions.of(&secret, now).unwrap().name, "mila");
        assert!(sessions.of(&secret, now + LASTS).is_none());
        sessions.end(&secret);
        assert!(sessions.of(&secret, now).is_none());
        assert!(sessions.of("", now).is_none());
    }
}
