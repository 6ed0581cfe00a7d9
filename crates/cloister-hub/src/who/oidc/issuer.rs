//! The issuer: what it says of itself (OpenID Connect Discovery 1.0), its keys, and what it gives for a code.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::keys::Keys;
use super::token::{self, Claims};
use super::web::{Answered, Web, is_safe};
use super::{Failed, Secret, Settings};

/// So long what it says of itself is taken. Its keys are asked for with each sign-in.
const FRESH: Duration = Duration::from_secs(300);

/// What it says of itself.
#[derive(Debug, Deserialize)]
pub struct About {
    issuer: String,
    pub authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    pub end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// What it gives for a code.
#[derive(Deserialize)]
pub struct Given {
    pub id_token: String,
    pub access_token: Option<String>,
}

/// What is sent with a code.
pub struct Code<'a> {
    pub code: &'a str,
    pub redirect: &'a str,
    pub verifier: &'a str,
}

#[derive(Debug)]
pub struct Issuer {
    address: String,
    ca: Option<PathBuf>,
    about: Mutex<Option<(Arc<About>, Instant)>>,
}

impl Issuer {
    pub fn new(address: String, ca: Option<PathBuf>) -> Issuer {
        Issuer { address, ca, about: Mutex::default() }
    }

    /// Authorities are read anew each time: they may have been changed for others.
    pub fn web(&self) -> Result<Web, Failed> {
        Web::new(self.ca.as_deref()).map_err(|why| self.away(&why))
    }

    fn away(&self, why: &str) -> Failed {
        Failed::away(format!("{} cannot be asked: {why}", self.address))
    }

    /// What it says of itself; what was said some minutes ago is still taken.
    pub fn about(&self, web: &Web) -> Result<Arc<About>, Failed> {
        let held = self.held().clone().filter(|(_, at)| at.elapsed() < FRESH);
        if let Some((about, _)) = held {
            return Ok(about);
        }
        let about = Arc::new(self.ask_about(web)?);
        *self.held() = Some((about.clone(), Instant::now()));
        Ok(about)
    }

    fn held(&self) -> MutexGuard<'_, Option<(Arc<About>, Instant)>> {
        self.about.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_about(&self, web: &Web) -> Result<About, Failed> {
        let place = format!("{}/.well-known/openid-configuration", self.address.trim_end_matches('/'));
        let about: About = self.json(&web.get(&place, None).map_err(|why| self.away(&why))?)?;
        if about.issuer != self.address {
            let named = cloister_report::clean(&about.issuer).chars().take(200).collect::<String>();
            return Err(
                self.away(&format!("what answers there calls itself {named}: --oidc-issuer names it to the letter"))
            );
        }
        // Who is asked by TLS leads to TLS, and not to this machine.
        let scheme = if self.address.starts_with("https:") { "https:" } else { "http" };
        let needed = [&about.authorization_endpoint, &about.token_endpoint, &about.jwks_uri];
        let others = [&about.userinfo_endpoint, &about.end_session_endpoint].into_iter().flatten();
        if needed.into_iter().chain(others).any(|address| !is_safe(address) || !address.starts_with(scheme)) {
            return Err(self.away("it names an address that is not https"));
        }
        Ok(about)
    }

    fn json<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Failed> {
        serde_json::from_slice(bytes).map_err(|_| self.away("it does not answer as OpenID Connect says"))
    }

    /// Its keys, as they are now.
    pub fn keys(&self, web: &Web, about: &About) -> Result<Keys, Failed> {
        self.json(&web.get(&about.jwks_uri, None).map_err(|why| self.away(&why))?)
    }

    /// What it says of whoever this token is for.
    pub fn userinfo(&self, web: &Web, about: &About, token: &str, subject: &str) -> Result<Claims, Failed> {
        let Some(place) = &about.userinfo_endpoint else { return Ok(Claims::new()) };
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(self.away("its access token is none"));
        }
        let claims: Claims = self.json(&web.get(place, Some(token)).map_err(|why| self.away(&why))?)?;
        if token::subject(&claims) != Some(subject) {
            return Err(Failed::refused(
                "the issuer's userinfo endpoint speaks of somebody else",
                "tell whoever runs the issuer",
            ));
        }
        Ok(claims)
    }

    /// Redeems a code.
    pub fn redeem(&self, web: &Web, about: &About, settings: &Settings, code: &Code<'_>) -> Result<Given, Failed> {
        let secret = settings.secret.as_ref().map(Secret::reveal).transpose()?;
        let in_header = about.token_endpoint_auth_methods_supported.as_ref();
        let in_header = in_header.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic"));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code.code);
        form.append_pair("redirect_uri", code.redirect).append_pair("code_verifier", code.verifier);
        let header = match &secret {
            Some(secret) if in_header => Some(basic(&settings.client, secret)),
            Some(secret) => {
                form.append_pair("client_id", &settings.client).append_pair("client_secret", secret);
                None
            }
            None => {
                form.append_pair("client_id", &settings.client);
                None
            }
        };
        let answered = web.post(&about.token_endpoint, form.finish(), header).map_err(|why| self.away(&why))?;
        match answered.status {
            200 => self.json(&answered.bytes),
            400..=499 => Err(not_given(&answered)),
            status => Err(self.away(&format!("it answers {status}"))),
        }
    }
}

/// RFC 6749, 2.3.1: both are encoded as in a form first.
fn basic(client: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret))))
}

fn not_given(answered: &Answered) -> Failed {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    let said = serde_json::from_slice::<Said>(&answered.bytes).ok();
    let code = said.as_ref().and_then(|said| super::code(&said.error)).unwrap_or("without a reason");
    let way_out = match code {
        "invalid_client" | "unauthorized_client" => {
            "whoever runs the hub looks at --oidc-client and the client's secret, and whether the issuer has it as a public or a confidential client"
        }
        _ => "sign in again; if it happens again, the log of the issuer says why",
    };
    Failed::refused(format!("the issuer does not redeem its code ({code})"), way_out)
}
