//! Signing in: by a token, or by the link that the hub printed; and out. By an issuer of OpenID Connect: `oidc.rs`.

use cloister_evidence::Kind;
use http::header;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::json;

use super::layout::frame;
use crate::http::{Answer, Ask, Problem, not_in, of_cluster, whose};
use crate::routes::visit_cookie;
use crate::who::kubernetes::{Kubernetes, NotIn};
use crate::who::limits::Of;
use crate::who::oidc::own_path;
use crate::who::role::{Right, Role};
use crate::who::sessions::By;
use crate::who::tokens::Tokens;
use crate::who::{kubernetes, secret, sessions};

/// The form.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    form(ask, None)
}

fn form(ask: &Ask<'_>, wrong: Option<&str>) -> Result<Answer, Problem> {
    let visit = match &ask.visit {
        Some(visit) if visit.len() >= 32 => visit.clone(),
        _ => secret::new().map_err(no_random)?,
    };
    let body = html! {
        header.bar { a.brand href="/" { "Cloister" } }
        main.alone id="main" {
            h1 { "Sign in" }
            @if let Some(wrong) = wrong { p.notice role="alert" { (wrong) } }
            @if let Some(oidc) = &ask.hub.config.oidc { (super::oidc::way(ask, oidc)) }
            form.fields method="post" action=(with_way("/sign-in", &wanted(ask))) {
                input type="hidden" name="token-of-form" value=(secret::of_forms(&visit));
                label { "Token"
                    @if ask.hub.config.kubernetes.is_some() {
                        span.hint { "One of the cluster, made for this hub (" code { "kubectl create token NAME --audience …" } "), or one that whoever runs the hub has given you." }
                    } @else {
                        span.hint { "Whoever runs the hub has given you one; or open the link that the hub printed when it began." }
                    }
                    input type="password" name="token" autocomplete="current-password" required;
                }
                div { button { "Sign in" } }
            }
        }
    };
    let status = if wrong.is_some() { 403 } else { 200 };
    let answer = Answer::page(status, frame("Sign in", body));
    Ok(answer.with(header::SET_COOKIE, &cookie(ask, &visit_cookie(ask.hub), &visit, 3600)))
}

/// Where somebody wanted to go: a path of ours.
pub fn wanted(ask: &Ask<'_>) -> String {
    own_path(ask.query.get("to").unwrap_or("/"))
}

/// A place that takes along where somebody wanted to go.
pub fn with_way(place: &str, to: &str) -> String {
    match own_path(to).as_str() {
        "/" => place.to_owned(),
        to => format!("{place}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish()),
    }
}

fn no_random(error: std::io::Error) -> Problem {
    Problem::new(500, format!("the system gives no random numbers: {error}"))
}

/// A cookie that only this hub is sent, and no script reads.
fn cookie(ask: &Ask<'_>, name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{}", secure(ask))
}

/// What keeps a cookie to TLS, where browsers come by it.
pub(super) fn secure(ask: &Ask<'_>) -> &'static str {
    if ask.hub.config.secure { "; Secure" } else { "" }
}

/// What makes a browser forget its session.
pub fn forget(ask: &Ask<'_>) -> String {
    cookie(ask, &ask.hub.config.cookie, "", 0)
}

/// With a token: one of the hub's, or one of the cluster's.
pub fn with_token(ask: &Ask<'_>) -> Result<Answer, Problem> {
    crate::http::rate(ask.hub, ask.from, Of::SignIn)?;
    let form_sent = ask.form()?;
    let token = form_sent.get("token").unwrap_or("");
    if let Some(holder) = ask.hub.config.tokens.of(token) {
        if !holder.role.may(Right::Read) {
            let why = "This token is a program's: it hands in by the API, and reads no pages.";
            return form(ask, Some(why));
        }
        let by = By::Token { mark: Tokens::mark(token) };
        return signed_in(ask, (&holder.name, holder.role), &by, Timestamp::MAX);
    }
    match &ask.hub.config.kubernetes {
        Some(cluster) => with_the_clusters(ask, cluster, token),
        None => {
            record(ask, &json!({"refused": "an unknown token", "from": ask.from}))?;
            form(ask, Some("No token is like this one. Tokens are in the file that the hub was begun with."))
        }
    }
}

fn with_the_clusters(ask: &Ask<'_>, cluster: &Kubernetes, token: &str) -> Result<Answer, Problem> {
    match whose(ask.hub, cluster, token) {
        Ok((person, granted)) => {
            let who = of_cluster(&person, granted, String::new());
            let until = kubernetes::ends(token, Timestamp::now());
            signed_in(ask, (&who.name, who.role), &By::Kubernetes { person }, until)
        }
        Err(NotIn::Trouble(why)) => Err(not_in(&NotIn::Trouble(why))),
        Err(why) => {
            let why = cloister_report::clean(&why.to_string()).into_owned();
            record(ask, &json!({"refused": why, "from": ask.from}))?;
            form(ask, Some(&format!("You are not signed in: {why}.")))
        }
    }
}

/// By the link, which is used up by it.
pub fn by_link(ask: &Ask<'_>) -> Result<Answer, Problem> {
    crate::http::rate(ask.hub, ask.from, Of::SignIn)?;
    match ask.hub.sessions.follow(ask.part("link"), Timestamp::now()) {
        Some(name) => signed_in(ask, (&name, Role::Admin), &By::Link, Timestamp::MAX),
        None => {
            record(ask, &json!({"refused": "a link that is unknown or used up", "from": ask.from}))?;
            Err(Problem::new(
                403,
                "this link was used already, or is too old: it signs in once. Start the hub anew for another one, or sign in with a token",
            ))
        }
    }
}

fn signed_in(ask: &Ask<'_>, who: (&str, Role), by: &By, until: Timestamp) -> Result<Answer, Problem> {
    entered(ask, who, by, (until, ask.session.as_deref(), &wanted(ask)))
}

/// Begins a session in place of the one before, and goes to a path of ours.
pub(super) fn entered(
    ask: &Ask<'_>,
    (name, role): (&str, Role),
    by: &By,
    (until, before, to): (Timestamp, Option<&str>, &str),
) -> Result<Answer, Problem> {
    record(ask, &json!({"signedIn": name, "role": role.as_str(), "by": by.as_str(), "from": ask.from}))?;
    let (sessions, now) = (&ask.hub.sessions, Timestamp::now());
    if let Some(before) = before {
        sessions.end(before).map_err(no_store)?;
    }
    let secret = sessions.begin(name, by, (now, until)).map_err(no_store)?;
    // A cookie of this kind is not sent along where a page elsewhere led here: so no redirect, but a page that goes on.
    let answer = Answer::page(200, frame("Signed in", welcome(to)));
    let no_visit = cookie(ask, &visit_cookie(ask.hub), "", 0);
    Ok(answer
        .with(header::SET_COOKIE, &cookie(ask, &ask.hub.config.cookie, &secret, sessions::LASTS.as_secs()))
        .with(header::SET_COOKIE, &no_visit)
        .with(header::REFRESH, &format!("0; url={to}")))
}

fn no_store(why: cloister_store::Error) -> Problem {
    Problem::new(503, why.to_string())
}

fn welcome(to: &str) -> Markup {
    html! {
        main.alone id="main" {
            h1 { "Signed in" }
            p { a href=(to) { "To the hub" } }
        }
    }
}

/// Out.
pub fn out(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (sessions, now) = (&ask.hub.sessions, Timestamp::now());
    let open = ask.session.as_deref().and_then(|secret| sessions.near(secret, now));
    if let Some(secret) = &ask.session {
        sessions.end(secret).map_err(no_store)?;
    }
    let name = ask.who.as_ref().map(|who| who.name.clone());
    record(ask, &json!({"signedOut": name}))?;
    let elsewhere = open.filter(|open| matches!(open.by, By::Oidc { .. })).and_then(|_| super::oidc::out(ask));
    Ok(elsewhere.unwrap_or_else(|| Answer::see("/sign-in")).with(header::SET_COOKIE, &forget(ask)))
}

pub(super) fn record(ask: &Ask<'_>, said: &serde_json::Value) -> Result<(), Problem> {
    ask.hub.record(Kind::Login, said).map_err(|refused| Problem::new(503, refused.to_string()))
}
