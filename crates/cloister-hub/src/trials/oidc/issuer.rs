//! An issuer that can be told to lie.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::trials::{Reply, Trial};
use crate::who::oidc::tests::{Signer, by_secret, with};
use crate::{Mapping, OidcSettings};

/// How the issuer behaves.
pub struct Play {
    /// What it signs with.
    pub signer: Signer,
    /// What it publishes.
    pub keys: Vec<Value>,
    /// In place of what it says otherwise.
    pub about: Value,
    pub header: Value,
    pub claims: Value,
    pub userinfo: Value,
    /// A whole token in place of its own.
    pub token: Option<String>,
    /// What a path answers, as it is.
    pub raw: HashMap<&'static str, String>,
    /// What was asked.
    pub asked: Vec<String>,
    pub nonce: String,
    pub challenge: String,
}

pub struct Issuer {
    pub base: String,
    pub play: Arc<Mutex<Play>>,
}

impl Issuer {
    pub fn start() -> Issuer {
        Issuer::with(None)
    }

    pub fn with(tls: Option<Arc<ServerConfig>>) -> Issuer {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let signer = Signer::new("k1");
        let keys = vec![signer.public()];
        let none = || json!({});
        let play = Play {
            signer,
            keys,
            about: none(),
            header: none(),
            claims: none(),
            userinfo: none(),
            token: None,
            raw: HashMap::new(),
            asked: Vec::new(),
            nonce: String::new(),
            challenge: String::new(),
        };
        let play = Arc::new(Mutex::new(play));
        let base = format!("{}://{address}", if tls.is_some() { "https" } else { "http" });
        let (of, named) = (play.clone(), base.clone());
        std::thread::spawn(move || {
            for stream in socket.incoming() {
                let (stream, of, base) = (stream.unwrap(), of.clone(), named.clone());
                match tls.clone().map(|tls| ServerConnection::new(tls).unwrap()) {
                    None => drop(std::thread::spawn(move || answer(stream, &base, &of))),
                    Some(tls) => drop(std::thread::spawn(move || answer(StreamOwned::new(tls, stream), &base, &of))),
                }
            }
        });
        Issuer { base, play }
    }

    pub fn play(&self, change: impl FnOnce(&mut Play)) {
        change(&mut self.play.lock().unwrap());
    }

    pub fn settings(&self, mapping: &str) -> OidcSettings {
        OidcSettings {
            issuer: self.base.clone(),
            client: "hub".to_owned(),
            secret: None,
            ca: None,
            claim: "groups".to_owned(),
            scopes: vec!["groups".to_owned()],
            mapping: Mapping::read(mapping).unwrap(),
            lasts: SignedDuration::from_hours(1),
        }
    }

    /// A browser goes to the issuer, which remembers what it came with: its cookie, and the state.
    pub fn begin(&self, trial: &Trial, to: &str) -> (String, String) {
        let reply = trial.ask("GET", &format!("/sign-in/oidc{to}"), &[], "");
        assert_eq!(reply.status, 303, "{reply:?}");
        let cookie = reply.cookies.first().unwrap();
        assert!(cookie.contains("; Path=/sign-in/oidc; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
        let (place, question) = reply.headers["location"].split_once('?').unwrap();
        assert_eq!(place, format!("{}/authorize", self.base));
        let asked: HashMap<String, String> = form_urlencoded::parse(question.as_bytes()).into_owned().collect();
        assert_eq!((&*asked["response_type"], &*asked["code_challenge_method"]), ("code", "S256"));
        assert_eq!((&*asked["scope"], &*asked["client_id"]), ("openid profile email groups", "hub"));
        assert_eq!(asked["redirect_uri"], format!("http://{}/sign-in/oidc/callback", trial.address));
        self.play(|play| (play.nonce, play.challenge) = (asked["nonce"].clone(), asked["code_challenge"].clone()));
        (cookie.split(';').next().unwrap().to_owned(), asked["state"].clone())
    }

    pub fn sign_in(&self, trial: &Trial) -> Reply {
        let (cookie, state) = self.begin(trial, "");
        back(trial, &cookie, &format!("code=c&state={state}"))
    }
}

pub fn back(trial: &Trial, cookie: &str, question: &str) -> Reply {
    trial.ask("GET", &format!("/sign-in/oidc/callback?{question}"), &[("Cookie", cookie)], "")
}

pub fn session(reply: &Reply) -> Option<String> {
    let cookie = reply.cookies.iter().find(|one| one.starts_with("cloister=") && !one.starts_with("cloister=;"))?;
    assert!(cookie.contains("SameSite=Strict"));
    Some(cookie.split(';').next().unwrap().to_owned())
}

fn answer(mut stream: impl Read + Write, base: &str, play: &Mutex<Play>) {
    let (mut text, mut bytes) = (String::new(), [0; 4096]);
    let whole = |text: &str| {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        (body.len() >= length.unwrap_or(0)).then_some(())
    };
    while whole(&text).is_none() {
        match stream.read(&mut bytes) {
            Ok(read) if read > 0 => text.push_str(&String::from_utf8_lossy(&bytes[..read])),
            _ => return,
        }
    }
    let path = text.split(' ').nth(1).unwrap().to_owned();
    let answer = {
        let mut play = play.lock().unwrap();
        play.asked.push(text.clone());
        match play.raw.get(&*path) {
            Some(raw) => raw.clone(),
            None => {
                let (status, said) = says(&play, base, &path, &text);
                let said = said.to_string();
                format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}", said.len())
            }
        }
    };
    if let Some(rest) = answer.strip_prefix("DRIP") {
        for byte in rest.bytes() {
            let _ = stream.write_all(&[byte]);
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let _ = stream.write_all(answer.as_bytes());
}

fn says(play: &Play, base: &str, path: &str, text: &str) -> (u16, Value) {
    match path {
        "/.well-known/openid-configuration" => {
            let about = json!({
                "issuer": base, "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys"),
                "userinfo_endpoint": format!("{base}/userinfo"), "end_session_endpoint": format!("{base}/end?x=y"),
            });
            (200, with(about, &play.about))
        }
        "/keys" => (200, json!({"keys": play.keys})),
        "/userinfo" => {
            assert!(text.to_lowercase().contains("authorization: bearer at"), "{text}");
            (200, with(json!({"sub": "s1"}), &play.userinfo))
        }
        "/token" => {
            let form = text.split_once("\r\n\r\n").unwrap().1;
            let sent: HashMap<String, String> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
            if URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"])) != play.challenge || sent["code"] != "c" {
                return (400, json!({"error": "invalid_grant"}));
            }
            let now = Timestamp::now().as_second();
            let claims = json!({
                "iss": base, "aud": "hub", "sub": "s1", "nonce": play.nonce, "iat": now, "exp": now + 300,
                "email": "mila@shop.example", "email_verified": true, "groups": ["staff", "elsewhere"],
            });
            let (header, claims) = (with(play.signer.header(), &play.header), with(claims, &play.claims));
            let token = match play.token.as_deref() {
                Some("HS256") => by_secret(&header, &claims, play.signer.public().to_string().as_bytes()),
                Some(whole) => whole.to_owned(),
                None => play.signer.token(&header, &claims),
            };
            (200, json!({"id_token": token, "access_token": "at", "token_type": "Bearer"}))
        }
        _ => (404, json!({})),
    }
}
