//! An ID token (OpenID Connect Core 1.0, 3.1.3.7): who signed it, for whom, when, and for which sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::{Algorithm, Keys};
use crate::who::secret;

/// What is said of somebody, by name.
pub type Claims = Map<String, Value>;

/// Longer tokens are not read.
const LONGEST: usize = 128 * 1024;
/// Longest name of a person with the issuer (Core, 2).
const LONGEST_SUBJECT: usize = 255;
/// So far two clocks may be apart.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What a token must be.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    /// When the sign-in began: its token is not older.
    pub begun: Timestamp,
    pub now: Timestamp,
}

/// Why a token signs nobody in. Nothing of it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("it is no signed token (JWT)")]
    Form,
    #[error("it is signed by none of the algorithms that are taken here (RS, PS, ES256, ES384, EdDSA)")]
    Algorithm,
    #[error("the issuer publishes no key of the name that it is signed with")]
    Key,
    #[error("its signature is not the issuer's")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it was made for another client")]
    Audience,
    #[error("it has ended already: if it was made just now, the clocks of the hub and the issuer differ")]
    Ended,
    #[error("it is not valid yet: the clocks of the hub and the issuer differ")]
    Early,
    #[error("it was made before this sign-in began: if it was not, the clocks of the hub and the issuer differ")]
    Old,
    #[error("it was made for another sign-in (nonce)")]
    Nonce,
    #[error("it names nobody (sub)")]
    Subject,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What must be understood, and is not here.
    crit: Option<Value>,
}

/// Reads a token whose signature is one of these keys', and that is what was expected.
pub fn read(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Wrong> {
    let claims = signed(token, keys)?;
    check(&claims, expected)?;
    Ok(claims)
}

fn signed(token: &str, keys: &Keys) -> Result<Claims, Wrong> {
    let (signed, signature) = token.rsplit_once('.').filter(|_| token.len() <= LONGEST).ok_or(Wrong::Form)?;
    let (header, claims) = signed.split_once('.').ok_or(Wrong::Form)?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Wrong::Form);
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Wrong::Form)?;
    let (claims, signature) = (decoded(claims)?, decoded(signature)?);
    let algorithm = Algorithm::named(&header.alg).filter(|_| header.crit.is_none()).ok_or(Wrong::Algorithm)?;
    let kid = header.kid.as_deref();
    if !keys.has(kid) {
        return Err(Wrong::Key);
    }
    if !keys.signed((algorithm, kid), signed.as_bytes(), &signature) {
        return Err(Wrong::Signature);
    }
    serde_json::from_slice(&claims).map_err(|_| Wrong::Form)
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), Wrong> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(Wrong::Issuer);
    }
    let audience: Vec<Option<&str>> = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().map(Value::as_str).collect(),
        one => vec![one.and_then(Value::as_str)],
    };
    // For several it says for whom of them; and where it says so, it is we.
    let party = claims.get("azp").map(|party| party.as_str() == Some(expected.client));
    if !audience.contains(&Some(expected.client)) || !party.unwrap_or(audience.len() == 1) {
        return Err(Wrong::Audience);
    }
    times(claims, expected)?;
    if !text("nonce").is_some_and(|nonce| secret::is_same(nonce, expected.nonce)) {
        return Err(Wrong::Nonce);
    }
    subject(claims).map(drop).ok_or(Wrong::Subject)
}

fn times(claims: &Claims, expected: &Expected<'_>) -> Result<(), Wrong> {
    let ends = time(claims, "exp")?.ok_or(Wrong::Ended)?;
    let made = time(claims, "iat")?.ok_or(Wrong::Form)?;
    let from = time(claims, "nbf")?.unwrap_or(made).max(made);
    let leeway = LEEWAY.as_secs();
    let (now, begun) = (expected.now.as_second(), expected.begun.as_second());
    if ends.saturating_add(leeway) <= now {
        return Err(Wrong::Ended);
    }
    if from > now.saturating_add(leeway) {
        return Err(Wrong::Early);
    }
    if made.saturating_add(leeway) < begun {
        return Err(Wrong::Old);
    }
    Ok(())
}

/// Seconds, which may have a fraction. What is there and is no time makes the token none.
#[allow(clippy::cast_possible_truncation, reason = "a number beyond i64 becomes its end")]
fn time(claims: &Claims, name: &str) -> Result<Option<i64>, Wrong> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let whole = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64));
            whole.map(Some).ok_or(Wrong::Form)
        }
    }
}

/// Who it is, as the issuer calls them for good.
pub fn subject(claims: &Claims) -> Option<&str> {
    let subject = claims.get("sub")?.as_str()?;
    let is_plain = subject.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    (is_plain && !subject.trim().is_empty() && subject.len() <= LONGEST_SUBJECT).then_some(subject)
}

/// What a claim lists: texts, or one text. The name is the claim's; with a slash before it, the way to it (`/realm_access/roles`).
pub fn listed<'c>(claims: &'c Claims, name: &str) -> Option<Vec<&'c str>> {
    let found = match name.strip_prefix('/') {
        None => claims.get(name)?,
        Some(way) => {
            let mut names = way.split('/');
            let first = claims.get(names.next()?)?;
            names.try_fold(first, |within, name| within.get(name))?
        }
    };
    match found {
        Value::String(one) => Some(vec![one]),
        Value::Array(all) => Some(all.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// How people are shown: by an address that the issuer has verified, else as they call themselves. Its signs are such that no name
/// can be taken for more than one.
pub fn shown(claims: &Claims) -> String {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let verified = claims.get("email_verified").is_some_and(|it| *it == true || *it == "true");
    let name = text("email").filter(|_| verified).or_else(|| text("preferred_username")).or_else(|| text("name"));
    let plain = |sign: char| if sign.is_alphanumeric() || "@._+-' ".contains(sign) { sign } else { '_' };
    name.or_else(|| subject(claims)).unwrap_or_default().chars().take(100).map(plain).collect()
}
