//! Who comes in: the host that was asked for, cookies, tokens and certificates, rights, forged requests, and how often.

use std::net::IpAddr;
use std::time::Instant;

use http::{HeaderMap, Method, header};
use jiff::Timestamp;

use super::tls::Tls;
use super::{Ask, Problem};
use crate::Hub;
use crate::routes::Route;
use crate::who::certificate::Peer;
use crate::who::kubernetes::{Granted, Kubernetes, NotIn, Person};
use crate::who::limits::Of;
use crate::who::role::{Right, Role};
use crate::who::scope::Scope;
use crate::who::sessions::{By, Open};
use crate::who::tokens::Holder;
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
    if !hub.config.proxied {
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

/// What came of asking who it is.
#[derive(Debug)]
pub enum Found {
    /// Somebody, or nobody.
    Is(Option<Who>),
    /// The store or a cluster has to be asked, which takes a while.
    Later,
}

/// Who asks: by a token, by the session's cookie, else by a certificate. A token that is none is refused, and so is trying many.
/// Asks nothing that takes a while unless it `may_wait`.
pub fn who(
    hub: &Hub,
    headers: &HeaderMap,
    (from, peer): (IpAddr, Option<&Peer>),
    (tls, may_wait): (Option<&Tls>, bool),
) -> Result<Found, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).map_or("", str::trim);
        return by_token(hub, token, from, may_wait);
    }
    let (secret, now) = (cookie(headers, &hub.config.cookie).unwrap_or_default(), Timestamp::now());
    if !secret.is_empty() {
        match hub.sessions.near(&secret, now) {
            Some(open) => match signed_in(hub, &open, &secret, may_wait)? {
                Found::Is(None) => {}
                found => return Ok(found),
            },
            None if !may_wait => return Ok(Found::Later),
            None => {
                let open = hub.sessions.of(&secret, now).map_err(|why| Problem::new(503, why.to_string()))?;
                let found = open.map_or(Ok(Found::Is(None)), |open| signed_in(hub, &open, &secret, may_wait))?;
                if let Found::Is(Some(_)) = &found {
                    return Ok(found);
                }
            }
        }
    }
    Ok(Found::Is(peer.zip(tls).and_then(|(peer, tls)| peer.who(now, tls.now().agents))))
}

fn by_token(hub: &Hub, token: &str, from: IpAddr, may_wait: bool) -> Result<Found, Problem> {
    if let Some(Holder { name, role, scope }) = hub.config.tokens.of(token).cloned() {
        return Ok(Found::Is(Some(Who { name, role, scope, forms: String::new() })));
    }
    let unknown = |why: &str| Problem::new(401, format!("this token is not known: {why}"));
    let Some(cluster) = &hub.config.kubernetes else {
        rate(hub, from, Of::SignIn)?;
        return Err(unknown("Authorization: Bearer TOKEN takes one of the hub's tokens"));
    };
    let found = match cluster.known(token) {
        Some(found) => found,
        None if !may_wait => return Ok(Found::Later),
        None => {
            // Only who is nobody has used up a try.
            rate(hub, from, Of::SignIn)?;
            let found = whose(hub, cluster, token);
            if found.is_ok() {
                hub.buckets.give(from, Of::SignIn);
            }
            found
        }
    };
    match found {
        Ok((person, granted)) => Ok(Found::Is(Some(of_cluster(&person, granted, String::new())))),
        Err(NotIn::Unknown) => {
            rate(hub, from, Of::SignIn)?;
            Err(unknown("it is none of the hub's, and none that the cluster knows as made for this hub"))
        }
        Err(other) => Err(not_in(&other)),
    }
}

/// Whose a token of the cluster is, and what they may of what is known now. Blocks.
pub fn whose(hub: &Hub, cluster: &Kubernetes, token: &str) -> Result<(Person, Granted), NotIn> {
    cluster.whose(token, hub.snapshot(&cluster.source).as_deref())
}

/// Why the cluster's word signs nobody in, as an answer.
pub fn not_in(why: &NotIn) -> Problem {
    let status = match why {
        NotIn::Unknown => 401,
        NotIn::NoRole(_) | NotIn::NoNamespace(_) => 403,
        NotIn::Trouble(_) => 503,
    };
    Problem::new(status, cloister_report::clean(&why.to_string()))
}

/// As decisions name somebody of the cluster: nobody else's name begins so.
pub fn of_cluster(person: &Person, granted: Granted, forms: String) -> Who {
    let name = format!("kubernetes:{}", cloister_report::clean(&person.name));
    Who { name, role: granted.role, scope: granted.scope, forms }
}

/// What a session gives now: not what it gave when it began.
fn signed_in(hub: &Hub, open: &Open, secret: &str, may_wait: bool) -> Result<Found, Problem> {
    let forms = secret::of_forms(secret);
    let who = |role, scope| Who { name: open.name.clone(), role, scope, forms: forms.clone() };
    Ok(Found::Is(match &open.by {
        By::Link => Some(who(Role::Admin, Scope::Whole)),
        By::Token { mark } => {
            let holder = hub.config.tokens.marked(mark).filter(|holder| holder.name == open.name);
            holder.map(|holder| who(holder.role, holder.scope.clone()))
        }
        By::Kubernetes { person } => {
            let Some(cluster) = &hub.config.kubernetes else { return Ok(Found::Is(None)) };
            let granted = match cluster.known_of(person) {
                Some(granted) => Ok(granted),
                None if !may_wait => return Ok(Found::Later),
                None => cluster.granted(person, hub.snapshot(&cluster.source).as_deref()),
            };
            Some(of_cluster(person, granted.map_err(|why| not_in(&why))?, forms.clone()))
        }
        By::Oidc { mark, groups } => {
            let oidc = hub.config.oidc.as_ref().filter(|oidc| oidc.mark() == *mark);
            oidc.and_then(|oidc| oidc.granted(groups)).map(|granted| who(granted.role, granted.scope))
        }
    }))
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
        (right, Some(who)) if who.role.may(right) => Err(Problem::new(
            403,
            format!("{} sees the namespaces {} only, and this is of the whole", who.name, who.scope),
        )),
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
    // No browser sends a token by itself. A certificate it does: but agents alone have one, they hand in JSON, and no page
    // elsewhere may send that here.
    if ask.who.as_ref().is_some_and(|who| who.forms.is_empty()) {
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
