//! What a token must be; a signer that can sign anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::keys::Keys;
use super::token::{Claims, Expected, LEEWAY, Wrong, listed, read, shown};
use super::{Back, Begun, Mapping, Oidc, Secret, Settings, own_path, web};

/// A key on P-256.
pub struct Signer {
    pair: EcdsaKeyPair,
    /// What it is called.
    pub kid: String,
}

impl Signer {
    pub fn new(kid: &str) -> Signer {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        Signer { pair, kid: kid.to_owned() }
    }

    pub fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (x, y) = (part(&point[1..33]), part(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": x, "y": y})
    }

    pub fn header(&self) -> Value {
        json!({"alg": "ES256", "typ": "JWT", "kid": self.kid})
    }

    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// `HS256`, with what everybody can read as its secret.
pub fn by_secret(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

const NOW: i64 = 1_800_000_000;

fn expected() -> Expected<'static> {
    let at = |second| Timestamp::from_second(second).unwrap();
    Expected { issuer: "https://issuer.example", client: "hub", nonce: "the-nonce", begun: at(NOW - 30), now: at(NOW) }
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer.example", "aud": "hub", "sub": "s1", "nonce": "the-nonce",
        "iat": NOW - 5, "exp": NOW + 300, "groups": ["staff"],
    })
}

fn keys(all: &[Value]) -> Keys {
    serde_json::from_value(json!({"keys": all})).unwrap()
}

/// With these claims in place of others; `null` takes one out.
pub fn with(mut claims: Value, others: &Value) -> Value {
    for (name, value) in others.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

#[test]
fn claims_are_what_was_expected_or_the_token_is_not_taken() {
    let signer = Signer::new("k1");
    let keys = keys(&[signer.public()]);
    let leeway = LEEWAY.as_secs();
    let verdict =
        |others: Value| read(&signer.token(&signer.header(), &with(claims(), &others)), &keys, &expected()).err();
    for good in [
        json!({}),
        json!({"aud": ["hub"]}),
        json!({"aud": ["hub", "other"], "azp": "hub"}),
        json!({"azp": "hub"}),
        json!({"nbf": NOW + leeway, "iat": NOW + leeway}),
        json!({"exp": NOW - leeway + 1}),
        json!({"iat": NOW - 30 - leeway}),
        json!({"exp": NOW as f64 + 0.5}),
        json!({"sub": "x".repeat(255)}),
    ] {
        assert_eq!(verdict(good.clone()), None, "{good}");
    }
    for (wrong, why) in [
        (json!({"iss": "https://issuer.example/"}), Wrong::Issuer),
        (json!({"iss": null}), Wrong::Issuer),
        (json!({"aud": "other"}), Wrong::Audience),
        (json!({"aud": []}), Wrong::Audience),
        (json!({"aud": null}), Wrong::Audience),
        (json!({"aud": "hub2"}), Wrong::Audience),
        (json!({"aud": ["hub", "other"]}), Wrong::Audience),
        (json!({"aud": ["hub", "other"], "azp": "other"}), Wrong::Audience),
        (json!({"azp": "other"}), Wrong::Audience),
        (json!({"azp": 1}), Wrong::Audience),
        (json!({"exp": NOW - leeway}), Wrong::Ended),
        (json!({"exp": null}), Wrong::Ended),
        (json!({"exp": "2999999999"}), Wrong::Form),
        (json!({"iat": null}), Wrong::Form),
        (json!({"nbf": [NOW]}), Wrong::Form),
        (json!({"nbf": NOW + leeway + 1}), Wrong::Early),
        (json!({"iat": NOW + leeway + 1}), Wrong::Early),
        (json!({"iat": NOW - 31 - leeway}), Wrong::Old),
        (json!({"exp": -1e300, "iat": -1e300}), Wrong::Ended),
        (json!({"nonce": "another"}), Wrong::Nonce),
        (json!({"nonce": null}), Wrong::Nonce),
        (json!({"sub": null}), Wrong::Subject),
        (json!({"sub": " "}), Wrong::Subject),
        (json!({"sub": "a\nb"}), Wrong::Subject),
        (json!({"sub": 7}), Wrong::Subject),
        (json!({"sub": "x".repeat(256)}), Wrong::Subject),
    ] {
        assert_eq!(verdict(wrong.clone()), Some(why), "{wrong}");
    }
}

#[test]
fn nothing_but_a_key_of_the_issuer_signs() {
    let (signer, other) = (Signer::new("k1"), Signer::new("k1"));
    let key = signer.public();
    let read = |token: &str, key: &Value| read(token, &keys(std::slice::from_ref(key)), &expected()).err();
    let header = |others: Value| with(signer.header(), &others);
    let token = |others: Value| signer.token(&header(others), &claims());
    assert_eq!(read(&token(json!({})), &key), None);
    assert_eq!(read(&token(json!({"kid": null})), &key), None, "of one that is not named each is tried");
    assert_eq!(read(&other.token(&other.header(), &claims()), &key), Some(Wrong::Signature));
    assert_eq!(read(&token(json!({"kid": "k2"})), &key), Some(Wrong::Key));
    for name in ["none", "None", "HS256", "ES256K", "RS1", ""] {
        assert_eq!(read(&token(json!({"alg": name})), &key), Some(Wrong::Algorithm), "{name}");
    }
    let public = key.to_string();
    let forged = by_secret(&header(json!({"alg": "HS256"})), &claims(), public.as_bytes());
    assert_eq!(read(&forged, &key), Some(Wrong::Algorithm));
    assert_eq!(read(&token(json!({"crit": ["b64"]})), &key), Some(Wrong::Algorithm));
    for name in ["RS256", "PS512", "ES384", "EdDSA"] {
        assert_eq!(read(&token(json!({"alg": name})), &key), Some(Wrong::Signature), "{name}");
    }
    for others in [
        json!({"use": "enc"}),
        json!({"alg": "ES384"}),
        json!({"kty": "RSA"}),
        json!({"crv": "P-384"}),
        json!({"x": "AA"}),
    ] {
        assert_eq!(read(&token(json!({})), &with(key.clone(), &others)), Some(Wrong::Signature), "{others}");
    }
    let whole = token(json!({}));
    let (signed, signature) = whole.rsplit_once('.').unwrap();
    let without = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), signed.split_once('.').unwrap().1);
    assert_eq!(read(&without, &key), Some(Wrong::Algorithm));
    for form in ["", ".", "..", "a.b", signed, &format!("{whole}.{signature}"), &format!("{whole}="), "é.é.é"] {
        assert!(read(form, &key).is_some(), "{form}");
    }
    assert_eq!(read(&format!("{signed}."), &key), Some(Wrong::Signature));
}

proptest! {
    #[test]
    fn no_changed_token_is_taken(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9._-]") {
        let signer = Signer::new("k1");
        let token = signer.token(&signer.header(), &claims());
        let mut changed: Vec<char> = token.chars().collect();
        let at = at.index(changed.len());
        prop_assume!(changed[at].to_string() != to);
        changed[at] = to.chars().next().unwrap();
        let changed: String = changed.into_iter().collect();
        prop_assert!(read(&changed, &keys(&[signer.public()]), &expected()).is_err());
    }

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,80}\\..{0,80}\\..{0,80}", key in "[ -~]{0,80}") {
        let keys = keys(&[json!({"kty": "RSA", "n": key, "e": "AQAB"}), json!(key), json!(null)]);
        prop_assert!(read(&text, &keys, &expected()).is_err());
    }

    /// Whatever it is given, a browser stays with the hub.
    #[test]
    fn one_goes_to_a_path_of_ours(to in "[/\\\\]{0,3}[ -~é\t\n]{0,40}") {
        let path = own_path(&to);
        prop_assert!(path == to || path == "/");
        prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\"));
        prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';' && byte != b'"'));
    }
}

#[test]
fn a_path_of_ours_is_kept_and_anything_else_is_not() {
    for ours in ["/", "/sources/shop", "/sources/shop/findings?severity=high&q=a%20b", "/frameworks/gdpr/32(1)(a)"] {
        assert_eq!(own_path(ours), ours);
    }
    for other in [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a;url=//b",
        "/\t/evil",
        "/sign-in/oidc",
        "javascript:x",
    ] {
        assert_eq!(own_path(other), "/", "{other}");
    }
}

#[test]
fn people_are_shown_by_what_the_issuer_verified() {
    let shown = |claims: Value| shown(claims.as_object().unwrap());
    let mail = "mila@shop.example";
    assert_eq!(shown(json!({"sub": "s", "email": mail, "email_verified": true, "preferred_username": "x"})), mail);
    assert_eq!(shown(json!({"sub": "s", "email": mail, "email_verified": false, "preferred_username": "x"})), "x");
    assert_eq!(shown(json!({"sub": "s", "email": mail, "name": "Mila Žák"})), "Mila Žák");
    assert_eq!(shown(json!({"sub": "s", "name": " "})), "s");
    let forged = "root (https://issuer.example s0) \u{202e}<b>";
    assert_eq!(shown(json!({"sub": "s", "name": forged})), "root _https___issuer.example s0_ __b_");
}

#[test]
fn groups_are_found_by_name_or_by_the_way_to_them() {
    let claims = json!({"groups": ["a", 1, "b"], "role": "one", "https://x.example/roles": ["c"], "realm_access": {"roles": ["d"]}, "no": {}});
    let claims: &Claims = claims.as_object().unwrap();
    assert_eq!(listed(claims, "groups"), Some(vec!["a", "b"]));
    assert_eq!(listed(claims, "role"), Some(vec!["one"]));
    assert_eq!(listed(claims, "https://x.example/roles"), Some(vec!["c"]));
    assert_eq!(listed(claims, "/realm_access/roles"), Some(vec!["d"]));
    for none in ["missing", "no", "/realm_access", "/realm_access/roles/x", "/", ""] {
        assert_eq!(listed(claims, none), None, "{none}");
    }
}

#[test]
fn addresses_are_asked_by_tls_or_on_this_machine() {
    for safe in [
        "https://issuer.example",
        "https://issuer.example:8443/realms/x?y=z",
        "http://127.0.0.1:5556/dex",
        "http://[::1]:80",
        "http://localhost:1",
    ] {
        assert!(web::is_safe(safe), "{safe}");
    }
    for other in [
        "http://issuer.example",
        "http://127.0.0.1.example",
        "https://u@issuer.example",
        "ftp://localhost",
        "/path",
        "",
        "https://",
        "https://x/#y",
        "https://x/\"y",
        "file:///etc/passwd",
    ] {
        assert!(!web::is_safe(other), "{other}");
    }
}

fn oidc(issuer: &str, secret: Option<Secret>) -> Result<Oidc, String> {
    Oidc::new(Settings {
        issuer: issuer.to_owned(),
        client: "hub".to_owned(),
        secret,
        ca: None,
        claim: "groups".to_owned(),
        scopes: Vec::new(),
        mapping: Mapping::read("staff viewer").unwrap(),
        lasts: SignedDuration::from_hours(1),
    })
}

#[test]
fn what_was_begun_is_used_once_and_within_ten_minutes() {
    let oidc = oidc("https://issuer.example", None).unwrap();
    let at = |minutes: i64| Timestamp::from_second(NOW).unwrap() + SignedDuration::from_mins(minutes);
    let begin = |secret: &str| {
        let text = |text: &str| text.to_owned();
        let (state, nonce, verifier) = (format!("state-of-{secret}"), text("n"), text("v"));
        oidc.hold(
            secret,
            Begun { state, nonce, verifier, redirect: text("r"), to: text("/"), session: None, at: at(0) },
        );
    };
    let take = |secret, state, minutes| {
        oidc.begun(&Back { secret: Some(secret), state: Some(state), ..Back::default() }, at(minutes)).is_ok()
    };
    begin("one");
    assert!(take("one", "state-of-one", 9) && !take("one", "state-of-one", 9), "once");
    begin("two");
    assert!(!take("two", "state-of-two", 10), "late");
    begin("three");
    begin("four");
    assert!(!take("three", "state-of-four", 1) && !take("three", "state-of-three", 1), "another's state uses it up");
    assert!(!take("", "state-of-four", 1) && take("four", "state-of-four", 1));
    (0..=super::MOST).for_each(|number| begin(&number.to_string()));
    assert_eq!(oidc.begun.lock().unwrap().len(), super::MOST);
}

#[test]
fn settings_that_cannot_be_used_are_told_and_secrets_are_not() {
    assert!(oidc("http://issuer.example", None).unwrap_err().contains("https"));
    let missing = Secret::File("/nothing/there".into());
    assert!(oidc("https://issuer.example", Some(missing)).unwrap_err().contains("cannot be read"));
    let held = oidc("https://issuer.example", Some(Secret::Text("zzsecret".to_owned()))).unwrap();
    assert!(!format!("{held:?}").contains("zzsecret"));
}
