//! One's own sessions: where one is signed in, ending one, ending all.

use cloister_evidence::Kind;
use http::header;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::json;

use super::Layout;
use super::layout::{may, token};
use super::sign_in::forget;
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};
use crate::who::Who;
use crate::who::role::Right;
use crate::who::sessions::Open;

fn who<'a>(ask: &'a Ask<'_>) -> Result<&'a Who, Problem> {
    ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))
}

fn troubled(why: &impl ToString) -> Problem {
    Problem::new(503, why.to_string())
}

/// Those of whoever asks, the newest first.
fn own(ask: &Ask<'_>) -> Result<Vec<Open>, Problem> {
    ask.hub.sessions.all_of(&who(ask)?.name, Timestamp::now()).map_err(|why| troubled(&why))
}

/// A table of them.
pub fn table_of(ask: &Ask<'_>, want: Want<'_>) -> Result<Table, Problem> {
    let all = own(ask)?;
    let this = ask.session.as_deref().and_then(|secret| ask.hub.sessions.near(secret, Timestamp::now()));
    let time = |at: Timestamp| Cell::of(at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let cells = |one: &Open| {
        let is_this = this.as_ref().is_some_and(|this| this.id == one.id);
        vec![
            Cell::of(one.by.as_str()),
            time(one.since),
            time(one.used),
            time(one.until),
            Cell::of(if is_this { "this one" } else { "" }),
            Cell::of(one.id.as_str()).shown(end(ask, one)),
        ]
    };
    Ok(Table {
        name: "sessions",
        caption: "Sessions",
        columns: vec![
            ("By", "by"),
            ("Since", "since"),
            ("Last used", "used"),
            ("Until", "until"),
            ("Which", "which"),
            ("End it", "id"),
        ],
        rows: Rows::of(&all, want, |one| one.id.as_str().into(), cells)?,
    })
}

fn end(ask: &Ask<'_>, one: &Open) -> Markup {
    html! { @match may(ask, Right::Read) {
        None => { code { (one.id) } }
        Some(who) => { form method="post" action={ "/sessions/" (one.id) "/end" } {
            (token(&who))
            button { "End" span.hidden { " the session since " (one.since.strftime("%H:%M").to_string()) } }
        } }
    } }
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = table_of(ask, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Your sessions" }
        p.quiet { "Where you are signed in by a browser. Programs that send a token with each request have no session." }
        (table.render(&ask.query))
        @if let Some(who) = may(ask, Right::Read) {
            form method="post" action="/sessions/end" { (token(&who)) p { button { "End all of them" } } }
        }
    };
    Ok(Layout { ask, title: "Your sessions", source: None }.answer(body))
}

/// Ends one.
pub fn end_one(ask: &Ask<'_>) -> Result<Answer, Problem> {
    ended_one(ask)?;
    Ok(Answer::see("/sessions"))
}

/// The same from the API.
pub fn ended_one(ask: &Ask<'_>) -> Result<(), Problem> {
    let name = &who(ask)?.name;
    let id = ask.part("session");
    if own(ask)?.iter().all(|one| one.id != id) {
        return Err(Problem::missing("you have no such session: it may have ended"));
    }
    record(ask, &json!({"sessionEnded": name, "session": id}))?;
    ask.hub.sessions.end_one(name, id, Timestamp::now()).map_err(|why| troubled(&why))?;
    Ok(())
}

/// Ends all: whoever asks signs in again.
pub fn end_all(ask: &Ask<'_>) -> Result<Answer, Problem> {
    ended_all(ask)?;
    Ok(Answer::see("/sign-in").with(header::SET_COOKIE, &forget(ask)))
}

/// The same from the API: how many there were.
pub fn ended_all(ask: &Ask<'_>) -> Result<u64, Problem> {
    let name = &who(ask)?.name;
    record(ask, &json!({"allSessionsEnded": name}))?;
    ask.hub.sessions.end_all(name).map_err(|why| troubled(&why))
}

fn record(ask: &Ask<'_>, said: &serde_json::Value) -> Result<(), Problem> {
    ask.hub.record(Kind::Login, said).map_err(|why| troubled(&why))
}
