//! Who comes in: the host that was asked for, cookies and tokens, rights, forged requests, and how often.

use std::net::IpAddr;
use std::time::Instant;

use http::{HeaderMap, Method, header};
use jiff::Timestamp;

use super::{Ask, Problem};
use crate::Hub;
use crate::routes::Route;
use crate::who::limits::Of;
use crate::who::role::Right;
use crate::who::{Who, secret};

/// Whether the request names a host that is this hub's: pages elsewhere whose names lead here are kept out.
pub fn host(hub: &Hub, headers: &HeaderMap) -> Result<(), Problem> {
    let mut named = headers.get_all(header::HOST).iter();
    let host = named.next().and_then(|host| host.to_str().ok()).unwrap_or("");
    let is_ours = named.next().is_none() && hub.config.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    if is_ours {
        Ok(())
    } else {
        Err(Problem::new(
            421,
            "the request names a host that is not this hub's: open it by the address that it printed, or name the host with --host",
        ))
    }
}

/// From where a request comes: behind a proxy, what the proxy wrote last; what stands before it anybody may have written.
pub fn address(hub: &Hub, headers: &HeaderMap, from: IpAddr) -> IpAddr {
    if !hub.config.secure {
        return from;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    last.and_then(|all| all.rsplit(',').next()?.trim().parse().ok()).unwrap_or(from)
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// Who asks: by a token, else by the session's cookie. A token that is none is refused, and so is trying many.
pub fn who(hub: &Hub, headers: &HeaderMap, from: IpAddr) -> Result<Option<Who>, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let known = token.and_then(|token| hub.config.tokens.of(token.trim()));
        if let Some((name, role)) = known {
            return Ok(Some(Who { name: name.to_owned(), role, forms: String::new() }));
        }
        rate(hub, from, Of::SignIn)?;
        return Err(Problem::new(
            401,
            "this token is not known: Authorization: Bearer TOKEN takes one of the hub's tokens",
        ));
    }
    let secret = cookie(headers, &hub.config.cookie);
    Ok(secret.and_then(|secret| hub.sessions.of(&secret, Timestamp::now())))
}

/// Whether one may ask again already.
pub fn rate(hub: &Hub, from: IpAddr, of: Of) -> Result<(), Problem> {
    hub.buckets.take(from, of, Instant::now()).map_err(|seconds| Problem {
        wait: Some(seconds),
        ..Problem::new(429, format!("too many requests: try again in {seconds} seconds"))
    })
}

/// Whether who asks may have this.
pub fn right(route: &Route, who: Option<&Who>) -> Result<(), Problem> {
    match (route.right, who) {
        (Right::Nothing, _) => Ok(()),
        (_, None) => Err(Problem::new(401, "sign in first: with a token, or by the link that the hub printed")),
        (right, Some(who)) if who.may(right) => Ok(()),
        (right, Some(who)) => Err(Problem::new(
            403,
            format!("{} is signed in as {}, and this takes one of: {}", who.name, who.role, right.roles()),
        )),
    }
}

/// Whether a change that a browser sends was meant: from a page of ours, with the token that only such a page has.
pub fn meant(ask: &Ask<'_>, route: &Route) -> Result<(), Problem> {
    if matches!(ask.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let forged = || {
        Problem::new(403, "the form does not carry this session's token: open the page again, and send it from there")
    };
    let value = |name: &str| ask.headers.get(name).and_then(|value| value.to_str().ok());
    if value("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(forged());
    }
    if let Some(origin) = value("origin") {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        if !ask.hub.config.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            return Err(forged());
        }
    }
    let by_token = ask.headers.contains_key(header::AUTHORIZATION);
    if by_token && ask.who.is_some() {
        return Ok(());
    }
    let expected = match (route.right, &ask.who) {
        (Right::Nothing, _) => ask.visit.as_deref().map(secret::of_forms),
        (_, Some(who)) => Some(who.forms.clone()),
        (_, None) => None,
    };
    let sent =
        value("x-csrf-token").map(str::to_owned).or_else(|| ask.form().ok()?.get("token-of-form").map(str::to_owned));
    match expected.zip(sent) {
        Some((expected, sent)) if secret::is_same(&expected, &sent) => Ok(()),
        _ => Err(forged()),
    }
}
