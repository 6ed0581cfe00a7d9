//! What people decided: exceptions and attestations, and taking them back.

use cloister_report::html::text::t;
use cloister_report::words;
use maud::{Markup, html};

use super::layout::{below, may, token};
use super::{in_source, parts};
use crate::decisions::{self, Decision, What};
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};
use crate::who::role::Right;

/// A table of decisions.
pub fn table_of(ask: &Ask<'_>, source: &str, all: &[Decision], want: Want<'_>) -> Result<Table, Problem> {
    let today = jiff::Zoned::now().date();
    let cells = |one: &Decision| {
        let state = match &one.withdrawn {
            Some(_) => "taken back",
            None if one.holds(today) => "in force",
            None => "over",
        };
        vec![
            about(source, one),
            Cell::of(one.reason.as_str()),
            Cell::of(one.who.as_str()),
            Cell::of(one.at.strftime("%Y-%m-%d %H:%M UTC").to_string()),
            Cell::of(one.expires.to_string()),
            Cell::of(state).shown(html! { (state) (taken_back(one)) }),
            Cell::of(one.id.as_str()).shown(if one.holds(today) {
                form(ask, source, one)
            } else {
                html! { code { (one.id) } }
            }),
        ]
    };
    Ok(Table {
        name: "decisions",
        caption: "Decisions",
        columns: vec![
            ("About", "about"),
            ("Reason or statement", "reason"),
            ("Who", "who"),
            ("When", "at"),
            ("Until", "expires"),
            ("State", "state"),
            ("Take back", "id"),
        ],
        rows: Rows::of(all, want, |one| one.id.as_str().into(), cells)?,
    })
}

fn about(source: &str, one: &Decision) -> Cell {
    match &one.what {
        What::Exception { check, resource, container } => {
            let container = container.as_ref().map(|name| format!(", container {name}")).unwrap_or_default();
            let text = format!("{check} on {}{container}", words::resource(resource));
            Cell::to(text, parts::resource(source, resource))
        }
        What::Attestation { framework, requirement, .. } => {
            Cell::to(format!("{framework} {requirement}"), parts::requirement(source, framework, requirement))
        }
    }
}

fn taken_back(one: &Decision) -> Markup {
    html! { @if let Some(withdrawn) = &one.withdrawn { span.where { " by " (t(&withdrawn.who)) ": " (t(&withdrawn.reason)) } } }
}

fn form(ask: &Ask<'_>, source: &str, one: &Decision) -> Markup {
    let (right, kind) = match one.what {
        What::Exception { .. } => (Right::Accept, "exceptions"),
        What::Attestation { .. } => (Right::Attest, "attestations"),
    };
    html! { @match may(ask, right) {
        None => { code { (one.id) } }
        Some(who) => { details { summary { "Take back" }
            form.fields method="post" action=(below(source, &[kind, &one.id, "withdrawal"])) {
                (token(&who))
                label { "Why" input name="reason" required minlength="5" maxlength="500"; }
                div { button { "Take back" } }
            }
        } }
    } }
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let source = ask.part("source");
    let (_, watched) = ask.state(source)?;
    let all = ask.decisions(source)?;
    let table = table_of(ask, source, &all, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Decisions" }
        p.quiet { "Findings that somebody accepts, and requirements that somebody attests, in the hub. "
            @if watched { "They are in force within moments." } @else { "They are in force when the agent has taken them into its next scan." }
            " Those that stand in the register's files are shown where they apply." }
        (table.render(&ask.query))
    };
    Ok(in_source(ask, "Decisions", body))
}

/// Takes an exception back.
pub fn withdraw_exception(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let sent = ask.form()?;
    withdraw(ask, true, sent.get("reason"))?;
    Ok(Answer::see(&below(ask.part("source"), &["decisions"])))
}

/// Takes an attestation back.
pub fn withdraw_attestation(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let sent = ask.form()?;
    withdraw(ask, false, sent.get("reason"))?;
    Ok(Answer::see(&below(ask.part("source"), &["decisions"])))
}

/// The same from the API. Who may take back the one may not always take back the other.
pub fn withdraw(ask: &Ask<'_>, exception: bool, reason: Option<&str>) -> Result<Decision, Problem> {
    let (source, id) = (ask.part("source"), ask.part("decision"));
    let none = || Problem::missing("no decision of this name is in force");
    let all = ask.decisions(source)?;
    let known = all.into_iter().find(|one| one.id == id).ok_or_else(none)?;
    if matches!(known.what, What::Exception { .. }) != exception {
        return Err(none());
    }
    let who = ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))?;
    let reason = decisions::text(reason.unwrap_or(""), 5, "the reason").map_err(|why| Problem::new(422, why))?;
    let withdrawn = ask.hub.withdraw(source, id, reason, who).map_err(|why| why.problem())?;
    withdrawn.ok_or_else(none)
}
