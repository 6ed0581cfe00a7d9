//! Signing in by OpenID Connect: the authorization code flow with PKCE (RFC 7636), from a browser to the issuer and back.
//!
//! ```text
//!  browser ─ /sign-in/oidc ─▶ hub: a secret in a cookie; state, nonce and verifier behind it
//!     │ ◀─── to the issuer ────┘
//!     ├─▶ issuer: who are you? ─▶ back with code and state
//!     └─ /sign-in/oidc/callback ─▶ hub: is it the browser that began? code and verifier ─▶ issuer ─▶ ID token
//!                                       signed by a key of now? for us, for this sign-in, now? ─▶ groups ─▶ role
//! ```
//! What is begun is held in memory, for one use within ten minutes. Why there is no library for it: ARCHITECTURE.md.

mod issuer;
mod keys;
mod mapping;
#[cfg(test)]
pub mod tests;
mod token;
mod web;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub use mapping::{BadMapping, Mapping};

use super::kubernetes::Granted;
use super::secret::{self, Hash};
use issuer::{Code, Issuer};
use token::{Claims, Expected};

/// So long one may take with the issuer.
pub const BEGUN_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// More that were begun are not held.
const MOST: usize = 10_000;
/// So many ask the issuer at a time: each takes a thread.
const AT_ONCE: usize = 4;

/// Where the client's secret is.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// In a file, which is read each time: it may have been changed for another.
    File(PathBuf),
    /// Here.
    Text(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Secret(…)")
    }
}

impl Secret {
    fn reveal(&self) -> Result<String, Failed> {
        let help = "whoever runs the hub puts it where --oidc-secret says";
        let text = match self {
            Secret::Text(text) => text.clone(),
            Secret::File(path) => {
                std::fs::read_to_string(path).map_err(|_| Failed::ours("the client's secret cannot be read", help))?
            }
        };
        let text = text.trim().to_owned();
        if text.is_empty() { Err(Failed::ours("the client's secret is empty", help)) } else { Ok(text) }
    }
}

/// How people sign in by an issuer.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuer, to the letter as it calls itself.
    pub issuer: String,
    /// What the hub is called there.
    pub client: String,
    /// The client's secret; none for a public client.
    pub secret: Option<Secret>,
    /// Authorities of the issuer's certificate, in PEM; those of the system without it.
    pub ca: Option<PathBuf>,
    /// The claim that lists groups or roles.
    pub claim: String,
    /// Scopes that are asked for besides `openid`, `profile` and `email`.
    pub scopes: Vec<String>,
    /// Who of them is what.
    pub mapping: Mapping,
    /// So long a session lasts at the most: the issuer does not say when somebody leaves.
    pub lasts: SignedDuration,
}

/// Why nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Of the answer.
    pub status: u16,
    /// In a sentence without a full stop.
    pub cause: String,
    /// What to do.
    pub way_out: &'static str,
}

impl Failed {
    fn away(cause: String) -> Failed {
        let way_out = "try again in a moment, or sign in another way; whoever runs the hub sees here what is wrong";
        Failed { status: 503, cause, way_out }
    }

    fn refused(cause: impl Into<String>, way_out: &'static str) -> Failed {
        Failed { status: 403, cause: cause.into(), way_out }
    }

    fn ours(cause: impl Into<String>, way_out: &'static str) -> Failed {
        Failed { status: 503, cause: cause.into(), way_out }
    }
}

/// A sign-in that was begun.
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    redirect: String,
    to: String,
    session: Option<String>,
    at: Timestamp,
}

/// Where a browser goes, and what it takes along.
pub struct Sent {
    /// The issuer's address, with the question.
    pub place: String,
    /// For the cookie.
    pub secret: String,
}

/// What comes back with a browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Back<'a> {
    pub secret: Option<&'a str>,
    pub state: Option<&'a str>,
    pub code: Option<&'a str>,
    pub error: Option<&'a str>,
    pub issuer: Option<&'a str>,
}

/// Somebody whom the issuer knows, and who is something here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As decisions and the record name them.
    pub name: String,
    /// Their groups, as far as they count here.
    pub groups: Vec<String>,
    /// What they are.
    pub granted: Granted,
    /// When their session ends.
    pub until: Timestamp,
    /// Where they wanted to go.
    pub to: String,
    /// The session that the browser had before.
    pub before: Option<String>,
}

/// People of an issuer.
pub struct Oidc {
    settings: Settings,
    issuer: Issuer,
    begun: Mutex<HashMap<Hash, Begun>>,
    asking: AtomicUsize,
}

impl fmt::Debug for Oidc {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Oidc").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Oidc {
    /// With these settings; why they cannot be used.
    ///
    /// # Errors
    /// The issuer is none, or its authorities or the client's secret cannot be read.
    pub fn new(settings: Settings) -> Result<Oidc, String> {
        if !web::is_safe(&settings.issuer) || settings.issuer.contains('?') {
            return Err(format!("{} is no issuer: it is an address with https, without a question", settings.issuer));
        }
        web::Web::new(settings.ca.as_deref())?;
        settings.secret.as_ref().map(Secret::reveal).transpose().map_err(|failed| failed.cause)?;
        let issuer = Issuer::new(settings.issuer.clone(), settings.ca.clone());
        Ok(Oidc { settings, issuer, begun: Mutex::default(), asking: AtomicUsize::new(0) })
    }

    /// What the issuer is called on a button.
    pub fn host(&self) -> String {
        let uri = self.settings.issuer.parse::<http::Uri>().ok();
        uri.and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_else(|| self.settings.issuer.clone())
    }

    /// By what a session is known to come from this issuer, this client and this claim.
    pub fn mark(&self) -> String {
        let Settings { issuer, client, claim, .. } = &self.settings;
        URL_SAFE_NO_PAD.encode(secret::hash("oidc", &[issuer.as_str(), client, claim].join("\0")))
    }

    /// What somebody with these groups is now.
    pub fn granted(&self, groups: &[String]) -> Option<Granted> {
        self.settings.mapping.granted(groups)
    }

    /// Begins: `base` is how the browser reaches the hub, `to` where it goes afterwards. Blocks.
    pub fn begin(&self, base: &str, to: &str, session: Option<String>, now: Timestamp) -> Result<Sent, Failed> {
        let about = self.asking(|| self.issuer.about(&self.issuer.web()?))?;
        let new = || secret::new().map_err(|_| Failed::ours("the system gives no random numbers", "start it anew"));
        let (secret, state, nonce, verifier) = (new()?, new()?, new()?, new()?);
        let redirect = format!("{base}/sign-in/oidc/callback");
        let scopes = ["openid", "profile", "email"].into_iter().chain(self.settings.scopes.iter().map(String::as_str));
        let place = with_question(
            &about.authorization_endpoint,
            &[
                ("response_type", "code"),
                ("client_id", &self.settings.client),
                ("redirect_uri", &redirect),
                ("scope", &scopes.collect::<Vec<_>>().join(" ")),
                ("state", &state),
                ("nonce", &nonce),
                ("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier))),
                ("code_challenge_method", "S256"),
            ],
        );
        self.hold(&secret, Begun { state, nonce, verifier, redirect, to: own_path(to), session, at: now });
        Ok(Sent { place, secret })
    }

    fn hold(&self, secret: &str, begun: Begun) {
        let mut all = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, held| begun.at < held.at + BEGUN_LASTS);
        }
        if all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, held)| held.at).map(|(hash, _)| *hash);
            oldest.map(|hash| all.remove(&hash));
        }
        all.insert(secret::hash("oidc", secret), begun);
    }

    /// Goes on with a browser that came back: once, and only for the one that began. Blocks.
    pub fn finish(&self, back: &Back<'_>, now: Timestamp) -> Result<Person, Failed> {
        let begun = self.begun(back, now)?;
        self.asking(|| self.redeem(begun, back, now))
    }

    fn begun(&self, back: &Back<'_>, now: Timestamp) -> Result<Begun, Failed> {
        let held = back.secret.and_then(|secret| {
            let mut all = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            all.remove(&secret::hash("oidc", secret))
        });
        let again = "begin again from the page for signing in, in this browser";
        let begun = held.filter(|begun| now < begun.at + BEGUN_LASTS).ok_or_else(|| {
            Failed::refused(
                "this browser began no sign-in, or it was used already, or more than ten minutes ago",
                again,
            )
        })?;
        if !back.state.is_some_and(|state| secret::is_same(state, &begun.state)) {
            return Err(Failed::refused("what came back is not of the sign-in that this browser began (state)", again));
        }
        Ok(begun)
    }

    fn redeem(&self, begun: Begun, back: &Back<'_>, now: Timestamp) -> Result<Person, Failed> {
        let web = self.issuer.web()?;
        let about = self.issuer.about(&web)?;
        let is_its = back
            .issuer
            .map_or(!about.authorization_response_iss_parameter_supported, |named| named == self.settings.issuer);
        if !is_its {
            return Err(Failed::refused(
                "what came back is of another issuer (iss)",
                "begin again from the page for signing in",
            ));
        }
        if let Some(error) = back.error {
            return Err(Failed::refused(
                format!("the issuer did not let you in ({})", code(error).unwrap_or("without a reason")),
                "sign in with another account, or ask whoever runs the issuer",
            ));
        }
        let code = back
            .code
            .ok_or_else(|| Failed::refused("the issuer gave no code", "begin again from the page for signing in"))?;
        let asked = Code { code, redirect: &begun.redirect, verifier: &begun.verifier };
        let given = self.issuer.redeem(&web, &about, &self.settings, &asked)?;
        let keys = self.issuer.keys(&web, &about)?;
        let Settings { issuer, client, claim, .. } = &self.settings;
        let expected = Expected { issuer, client, nonce: &begun.nonce, begun: begun.at, now };
        let mut claims = token::read(&given.id_token, &keys, &expected).map_err(|why| {
            Failed::refused(
                format!("the issuer's ID token is not taken: {why}"),
                "sign in again; if it happens again, whoever runs the hub looks at the issuer and the clocks",
            )
        })?;
        let fill = |claims: &mut Claims| self.fill(&web, &about, claims, given.access_token.as_deref());
        if token::listed(&claims, claim).is_none() {
            fill(&mut claims)?;
        } else if !["email", "preferred_username", "name"].iter().any(|name| claims.contains_key(*name)) {
            // Without it somebody is called as the issuer calls them for good.
            let _ = fill(&mut claims);
        }
        self.person(&claims, begun, now)
    }

    /// What an ID token leaves out stands at the issuer's userinfo endpoint. What it says itself stays.
    fn fill(
        &self,
        web: &web::Web,
        about: &issuer::About,
        claims: &mut Claims,
        token: Option<&str>,
    ) -> Result<(), Failed> {
        let (Some(token), Some(subject)) = (token, token::subject(claims)) else { return Ok(()) };
        for (name, value) in self.issuer.userinfo(web, about, token, subject)? {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn person(&self, claims: &Claims, begun: Begun, now: Timestamp) -> Result<Person, Failed> {
        let Settings { issuer, claim, mapping, lasts, .. } = &self.settings;
        let subject = token::subject(claims).unwrap_or_default();
        let name = format!("oidc:{} ({issuer} {subject})", token::shown(claims));
        let Some(groups) = token::listed(claims, claim) else {
            return Err(Failed::refused(
                format!("{name} is known to the issuer, which says nothing of their groups: there is no claim {claim}"),
                "whoever runs the hub has the issuer send it (--oidc-claim, --oidc-scope)",
            ));
        };
        let groups = mapping.known(groups);
        let granted = mapping.granted(&groups).ok_or_else(|| {
            Failed::refused(
                format!("{name} is known to the issuer and in no group that has a role here"),
                "ask whoever runs the hub for one (--oidc-roles)",
            )
        })?;
        Ok(Person { name, groups, granted, until: now + *lasts, to: begun.to, before: begun.session })
    }

    /// Where one ends one's session with the issuer, if it has such a place; `base` is how the browser reaches the hub. Blocks.
    pub fn out(&self, base: &str) -> Option<String> {
        let about = self.asking(|| self.issuer.about(&self.issuer.web()?)).ok()?;
        let back = format!("{base}/sign-in");
        let asked = [("client_id", self.settings.client.as_str()), ("post_logout_redirect_uri", &back)];
        about.end_session_endpoint.as_deref().map(|place| with_question(place, &asked))
    }

    fn asking<T>(&self, ask: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
        let place = Place::take(&self.asking);
        if place.1 < AT_ONCE { ask() } else { Err(Failed::away("others are signing in just now".to_owned())) }
    }
}

/// One of those who ask, and how many did before.
struct Place<'a>(&'a AtomicUsize, usize);

impl Place<'_> {
    fn take(asking: &AtomicUsize) -> Place<'_> {
        Place(asking, asking.fetch_add(1, Ordering::AcqRel))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An address with more of a question.
fn with_question(place: &str, asked: &[(&str, &str)]) -> String {
    let mut question = form_urlencoded::Serializer::new(String::new());
    question.extend_pairs(asked);
    let sign = if place.contains('?') { '&' } else { '?' };
    format!("{place}{sign}{}", question.finish())
}

/// A code of an error, where it is one (RFC 6749): nothing else of what was sent is told.
fn code(error: &str) -> Option<&str> {
    (!error.is_empty() && error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        .then_some(error)
}

/// A path of ours to go to; the beginning for whatever else.
pub fn own_path(to: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%?=&:@()+,".contains(&byte);
    let is_ours = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/sign-");
    let is_ours = is_ours && to.len() <= 2000 && to.bytes().all(plain);
    if is_ours { to.to_owned() } else { "/".to_owned() }
}
