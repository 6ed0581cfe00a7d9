//! A bundle from a running hub.

use std::net::IpAddr;
use std::time::Duration;

use ureq::http::Uri;

use super::Contents;
use crate::timestamp::Authorities;
use crate::web;

/// It is made and sent in so long.
const WHOLE: Duration = Duration::from_secs(10 * 60);
/// So many bytes it may have, packed …
const PACKED: u64 = 256 * 1024 * 1024;
/// … and unpacked: what a hub makes at the most, twice.
const UNPACKED: u64 = 512 * 1024 * 1024;
/// Of what a hub says is wrong, so much is read.
const PROBLEM: u64 = 16 * 1024;

/// Where a hub is, and by which token one comes in.
#[derive(Clone, Copy)]
pub struct From<'a> {
    /// Such as `https://hub.example.org`.
    pub hub: &'a str,
    /// Of a person of the role dpo or admin.
    pub token: &'a str,
    /// Authorities of its TLS beside those of the system.
    pub authorities: Option<&'a Authorities>,
}

impl std::fmt::Debug for From<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "From({})", self.hub)
    }
}

/// Takes the bundle of a period; what is wrong is told in a sentence, without the token.
pub fn fetch(from: From<'_>, framework: &str, (first, last): (&str, &str)) -> Result<Contents, String> {
    let host = host(from.hub)?;
    let hub = from.hub.trim_end_matches('/');
    let url = format!("{hub}/api/v1/evidence/export?framework={framework}&from={first}&to={last}");
    let own = from.authorities.into_iter().flat_map(Authorities::certificates);
    let asked = web::agent(&url, own, WHOLE).get(&url).header("authorization", format!("Bearer {}", from.token));
    let mut answer = asked.call().map_err(|error| format!("{host} {}", web::failed(&error)))?;
    let status = answer.status().as_u16();
    if status != 200 {
        let said = answer.body_mut().with_config().limit(PROBLEM).read_to_vec().unwrap_or_default();
        let said: Option<serde_json::Value> = serde_json::from_slice(&said).ok();
        let said = said.and_then(|said| Some(format!(": {}", said.get("detail")?.as_str()?)));
        return Err(format!("{host} answers {status}{}", said.unwrap_or_default()));
    }
    let packed = answer.body_mut().with_config().limit(PACKED).read_to_vec();
    let packed = packed.map_err(|error| format!("{host} {}", web::failed(&error)))?;
    Contents::unpack(&packed, UNPACKED).map_err(|error| format!("{host} sends no bundle: {error}"))
}

/// The host, where a token may be sent there: by TLS, or on this machine.
fn host(hub: &str) -> Result<String, String> {
    let wrong = || "the address of a hub is one like https://hub.example.org, without a name or password".to_owned();
    let uri: Uri = hub.parse().map_err(|_| wrong())?;
    let authority =
        uri.authority().filter(|it| !it.as_str().contains('@') && uri.query().is_none()).ok_or_else(wrong)?;
    let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_here = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        Some("https") => Ok(authority.to_string()),
        Some("http") if is_here => Ok(authority.to_string()),
        Some("http") => Err("a token is sent by https alone, but to this machine itself".to_owned()),
        _ => Err(wrong()),
    }
}
