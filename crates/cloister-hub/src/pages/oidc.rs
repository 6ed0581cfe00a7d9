//! Signing in by OpenID Connect: to the issuer, back from it, and out.

use cloister_report::html::text::{sentence, t};
use http::header;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::json;

use super::layout::frame;
use super::sign_in::{entered, record, secure, wanted, with_way};
use crate::http::{Answer, Ask, Problem, rate};
use crate::who::limits::Of;
use crate::who::oidc::{BEGUN_LASTS, Back, Failed, Oidc};
use crate::who::sessions::By;

/// On the page for signing in.
pub fn way(ask: &Ask<'_>, oidc: &Oidc) -> Markup {
    html! {
        p { a.button href=(with_way("/sign-in/oidc", &wanted(ask))) { "Sign in with " (t(&oidc.host())) } }
        p.quiet { "Or with a token:" }
    }
}

fn of<'h>(ask: &Ask<'h>) -> Result<&'h Oidc, Problem> {
    ask.hub.config.oidc.as_ref().ok_or_else(|| Problem::missing("nobody signs in by OpenID Connect here"))
}

/// How the browser reaches the hub: by one of its own names, which the request was let in for.
fn base(ask: &Ask<'_>) -> String {
    let named = ask.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let host = ask.hub.config.hosts.iter().find(|known| known.eq_ignore_ascii_case(named));
    let scheme = if ask.hub.config.secure { "https" } else { "http" };
    format!("{scheme}://{}", host.map_or("", String::as_str))
}

fn cookie_name(ask: &Ask<'_>) -> String {
    format!("{}-oidc", ask.hub.config.cookie)
}

/// A cookie that comes along when the issuer leads back here: a page elsewhere, so it is Lax, and for this path alone.
fn cookie(ask: &Ask<'_>, value: &str, seconds: i64) -> String {
    let (name, secure) = (cookie_name(ask), secure(ask));
    format!("{name}={value}; Path=/sign-in/oidc; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// To the issuer.
pub fn begin(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let oidc = of(ask)?;
    rate(ask.hub, ask.from, Of::SignIn)?;
    match oidc.begin(&base(ask), &wanted(ask), ask.session.clone(), Timestamp::now()) {
        Ok(sent) => {
            let cookie = cookie(ask, &sent.secret, BEGUN_LASTS.as_secs());
            Ok(Answer::see(&sent.place).with(header::SET_COOKIE, &cookie))
        }
        Err(failed) => Ok(not_signed_in(&failed)),
    }
}

/// Back from it.
pub fn back(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let oidc = of(ask)?;
    let secret = crate::http::cookie(ask.headers, &cookie_name(ask));
    let one = |name: &str| ask.query.get(name).filter(|_| ask.query.all(name).count() == 1);
    let back = Back {
        secret: secret.as_deref(),
        state: one("state"),
        code: one("code"),
        error: one("error"),
        issuer: one("iss"),
    };
    let used_up = cookie(ask, "", 0);
    let answer = match oidc.finish(&back, Timestamp::now()) {
        Ok(person) => {
            let by = By::Oidc { mark: oidc.mark(), groups: person.groups };
            let session = (person.until, person.before.as_deref(), person.to.as_str());
            entered(ask, (&person.name, person.granted.role), &by, session)?
        }
        Err(failed) => {
            if failed.status == 403 {
                // Only who is refused uses up a try.
                rate(ask.hub, ask.from, Of::SignIn)?;
                record(ask, &json!({"refused": failed.cause, "from": ask.from}))?;
            }
            not_signed_in(&failed)
        }
    };
    Ok(answer.with(header::SET_COOKIE, &used_up))
}

fn not_signed_in(failed: &Failed) -> Answer {
    let body = html! {
        header.bar { a.brand href="/" { "Cloister" } }
        main.alone id="main" {
            h1 { "You are not signed in" }
            p.notice role="alert" { (sentence(&failed.cause)) "." }
            p { (sentence(failed.way_out)) "." }
            p { a href="/sign-in" { "To the page for signing in" } }
        }
    };
    Answer::page(failed.status, frame("You are not signed in", body))
}

/// Signed out of the hub: the issuer would sign one in again without a question, so there is the way to end that, too. A form must not
/// lead to another site, so it is a link.
pub fn out(ask: &Ask<'_>) -> Option<Answer> {
    let oidc = ask.hub.config.oidc.as_ref()?;
    let place = oidc.out(&base(ask))?;
    let body = html! {
        header.bar { a.brand href="/" { "Cloister" } }
        main.alone id="main" {
            h1 { "You are signed out" }
            p { "Of this hub. You may still be signed in with " (t(&oidc.host())) ", which would let you in again without asking." }
            p { a.button href=(place) { "Sign out of " (t(&oidc.host())) } }
            p { a href="/sign-in" { "To the page for signing in" } }
        }
    };
    Some(Answer::page(200, frame("You are signed out", body)))
}
