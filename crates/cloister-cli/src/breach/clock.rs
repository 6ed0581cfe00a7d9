//! `cloister breach clock`.

use std::process::ExitCode;

use cloister_breach::clock::{ALARMS, Clock, HOURS, hours_and_minutes};
use cloister_breach::{Phase, State, moment};
use jiff::Timestamp;
use serde_json::json;

use super::args;
use super::document::all;
use crate::output::print;
use crate::table::{Format, Table};
use crate::terminal::Terminal;

/// Shows what is left.
pub fn run(asked: &args::Clock, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let now = asked.now.unwrap_or_else(Timestamp::now);
    let (breaches, lost) = all(&asked.paths)?;
    let states = breaches.iter().filter_map(|breach| Some((&*breach.metadata.name, breach.state().ok()?)));
    let open: Vec<(&str, State)> =
        states.filter(|(_, state)| matches!(state.phase, Phase::Suspected | Phase::Aware)).collect();
    print(&match asked.output {
        Format::Json => document(&open, now),
        Format::Text if open.is_empty() => "No breach is open.\n".to_owned(),
        format => table(&open, now).show(format, terminal.width()),
    })?;
    let urgent = open.iter().filter_map(|(_, state)| state.running()).any(|clock| is_urgent(&clock, now));
    Ok(ExitCode::from(match (lost, urgent) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }))
}

fn is_urgent(clock: &Clock, now: Timestamp) -> bool {
    clock.alarming(now).is_some_and(|hours| ALARMS.last().is_some_and(|last| hours >= *last))
}

/// `2 h 5 min left`, `5 min over`.
pub fn left(clock: &Clock, now: Timestamp) -> String {
    let left = clock.left(now);
    format!("{} {}", hours_and_minutes(left), if left.is_negative() { "over" } else { "left" })
}

fn table(open: &[(&str, State)], now: Timestamp) -> Table {
    let mut table = Table::new(&["BREACH", "AWARE SINCE", "NOTIFY BY", "72 HOURS"]);
    for (number, state) in open {
        let aware = state.clock.map_or("not yet".to_owned(), |clock| moment(clock.aware));
        let (due, left) = match (state.running(), state.phase) {
            (Some(clock), _) => (moment(clock.due), told(&clock, now)),
            (None, Phase::Suspected) => ("–".to_owned(), "do not run yet".to_owned()),
            (None, _) => ("–".to_owned(), done(state)),
        };
        table.row([(*number).to_owned(), aware, due, left]);
    }
    table
}

fn told(clock: &Clock, now: Timestamp) -> String {
    let alarm = match clock.alarming(now) {
        Some(HOURS) if clock.is_late(now) => "; late: reasons are needed".to_owned(),
        Some(hours) => format!("; alarm of {hours} h"),
        None => String::new(),
    };
    left(clock, now) + &alarm
}

fn done(state: &State) -> String {
    match (state.notified.first(), state.informed) {
        (Some((at, _)), _) => format!("notified at {}", moment(*at)),
        (None, Some(at)) => format!("controller told at {}", moment(at)),
        (None, None) => "decided not to notify".to_owned(),
    }
}

fn document(open: &[(&str, State)], now: Timestamp) -> String {
    let rows = open.iter().map(|(number, state)| {
        let running = state.running();
        json!({
            "number": number,
            "phase": state.phase,
            "aware": state.clock.map(|clock| clock.aware),
            "due": running.map(|clock| clock.due),
            "ends": running.map(|clock| clock.ends),
            "alarm": running.and_then(|clock| clock.alarming(now)),
            "late": running.map(|clock| clock.is_late(now)),
            "notified": state.notified.first().map(|(at, _)| at),
        })
    });
    cloister_report::json::value(&rows.collect())
}
