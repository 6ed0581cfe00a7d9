//! Breaches: all of them, the register of Art. 33(5), reporting one, and the clocks in the head of every page.

mod change;
mod draft;
mod forms;
mod one;
mod register;
mod report;

use cloister_breach::clock::hours_and_minutes;
use cloister_breach::{Clock, Phase, State, moment};
use cloister_report::html::text::t;
use jiff::Timestamp;
use maud::{Markup, html};

use super::Layout;
use crate::breaches::{self, Failed, Known};
use crate::http::{Answer, Ask, Problem, segment};
use crate::table::{Cell, Rows, Table, Want};
use crate::who::Who;
use crate::who::role::Right;

pub use change::{answer_proposals, correct, measure, set_facts, step};
pub use draft::{made, page as draft};
pub use one::page as one;
pub use register::{page as register, table_of as register_of};
pub use report::{Report, page as new, report, reported};

/// The address of one.
pub fn address(number: &str) -> String {
    format!("/breaches/{}", segment(number))
}

/// Why something was not done, as a problem.
pub fn problem(failed: &Failed) -> Problem {
    match failed {
        Failed::Missing => Problem::missing("there is no such breach"),
        Failed::Conflict(_) => {
            Problem::new(412, "somebody changed it meanwhile: read it again, and say it over that version")
        }
        Failed::Refused(why) => Problem::new(422, format!("{}: {}", why.cause, why.help)),
        Failed::Broken(why) => why.problem(),
    }
}

/// Who asks: who is not signed in does not come here.
pub fn who<'a>(ask: &'a Ask<'_>) -> Result<&'a Who, Problem> {
    ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))
}

fn stored(why: &cloister_store::Error) -> Problem {
    Problem::stored(why)
}

/// The breach that the address names.
pub fn found(ask: &Ask<'_>) -> Result<Known, Problem> {
    let known = breaches::one(&*ask.hub.store, ask.part("breach")).map_err(|why| stored(&why))?;
    known.ok_or_else(|| problem(&Failed::Missing))
}

/// Every breach, open ones first: those whose clock ends first, then the newest.
fn sorted(ask: &Ask<'_>) -> Result<Vec<(Known, State)>, Problem> {
    let all = breaches::all(&*ask.hub.store).map_err(|why| stored(&why))?;
    let with_state = |known: Known| known.record.breach.state().ok().map(|state| (known, state));
    let mut all: Vec<(Known, State)> = all.into_iter().filter_map(with_state).collect();
    all.sort_by_cached_key(|(known, state)| {
        let open = matches!(state.phase, Phase::Suspected | Phase::Aware);
        let due = state.running().map_or(Timestamp::MAX, |clock| clock.due);
        (!open, due, std::cmp::Reverse(known.number().to_owned()))
    });
    Ok(all)
}

/// What is left of a clock, in words.
pub fn left(clock: &Clock, now: Timestamp) -> String {
    let left = clock.left(now);
    if clock.is_late(now) {
        format!("late: the 72 hours are over since {}", hours_and_minutes(now.duration_since(clock.ends)))
    } else if left.is_negative() {
        format!("the last hour: the period ends at {}", moment(clock.ends))
    } else {
        format!("{} left", hours_and_minutes(left))
    }
}

/// The clock of one, or why none runs.
fn clock_of(state: &State, now: Timestamp) -> String {
    match (state.running(), state.phase) {
        (Some(clock), _) => left(&clock, now),
        (None, Phase::Suspected) => "no clock yet".to_owned(),
        (None, _) if !state.notified.is_empty() => "notified".to_owned(),
        (None, _) if state.notify == Some(false) => "not to be notified".to_owned(),
        (None, _) => "–".to_owned(),
    }
}

/// A table of all.
pub fn table_of(ask: &Ask<'_>, want: Want<'_>) -> Result<Table, Problem> {
    let (all, now) = (sorted(ask)?, Timestamp::now());
    let cells = |(known, state): &(Known, State)| {
        let (record, clock) = (&known.record, clock_of(state, now));
        let runs = state.running().is_some();
        vec![
            Cell::to(known.number(), address(known.number())),
            Cell::of(record.breach.spec.title.as_str()),
            Cell::of(state.phase.as_str()),
            Cell::of(clock.as_str()).shown(html! { @if runs { strong { (clock) } } @else { (clock) } }),
            Cell::of(state.clock.map(|clock| moment(clock.aware))),
            Cell::of(state.running().map(|clock| moment(clock.due))),
            Cell::of(record.breach.spec.affected.people),
            Cell::of(record.namespaces.iter().cloned().collect::<Vec<_>>()),
        ]
    };
    Ok(Table {
        name: "breaches",
        caption: "Breaches",
        columns: vec![
            ("Breach", "number"),
            ("What", "title"),
            ("State", "state"),
            ("72 hours", "clock"),
            ("Aware since", "aware"),
            ("Notify by", "notifyBy"),
            ("People", "people"),
            ("Namespaces", "namespaces"),
        ],
        rows: Rows::of(&all, want, |(known, _)| known.number().into(), cells)?,
    })
}

/// The page of all.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = table_of(ask, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Personal data breaches" }
        p.quiet { "Suspected, known and closed. The 72 hours of Art. 33(1) begin with awareness, not with the suspicion." }
        p.actions { a.button href="/breaches/new" { "Report one" } " " a href="/breaches/register" { "Register of Art. 33(5)" } }
        (table.render(&ask.query))
    };
    Ok(alone(ask, "Breaches", body))
}

fn alone(ask: &Ask<'_>, title: &str, body: Markup) -> Answer {
    Layout { ask, title, source: None }.answer(body)
}

fn may_read(ask: &Ask<'_>) -> bool {
    ask.who.as_ref().is_some_and(|who| who.may(Right::Breaches))
}

/// The clocks that run, and how many are suspected, for the head of every page; for who may read of breaches.
pub fn clocks(ask: &Ask<'_>) -> Markup {
    if !may_read(ask) {
        return html! {};
    }
    let (standing, now) = (ask.hub.standing(), Timestamp::now());
    let [suspected, ..] = standing.open;
    html! { @if suspected > 0 || !standing.running.is_empty() {
        section.clocks aria-label="Open breaches" {
            @for one in &standing.running { p {
                strong { "72 hours: " } a href=(address(&one.number)) { "breach " (t(&one.number)) } ", "
                (left(&one.clock, now)) @if !one.clock.is_late(now) { ", notify by " (moment(one.clock.due)) }
            } }
            @if suspected > 0 { p { a href="/breaches" { (suspected) @if suspected == 1 { " breach is suspected" } @else { " breaches are suspected" } } } }
        }
    } }
}
