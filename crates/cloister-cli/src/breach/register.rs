//! `cloister breach register`.

use std::process::ExitCode;

use cloister_breach::journal::Row;
use jiff::Timestamp;

use super::args::Register;
use super::document::all;
use crate::output::print;
use crate::table::{Format, Table, indented};
use crate::terminal::Terminal;

/// Lists.
pub fn run(asked: &Register, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let now = asked.now.unwrap_or_else(Timestamp::now);
    let (breaches, lost) = all(&asked.paths)?;
    let rows: Vec<Row> = breaches.iter().filter_map(|breach| Row::of(breach).ok()).collect();
    print(&match asked.output {
        Format::Json => cloister_report::json::value(&serde_json::to_value(&rows)?),
        Format::Text if rows.is_empty() => "No breach is on record.\n".to_owned(),
        Format::Text => short(&rows).show(Format::Text, terminal.width()) + &due(&rows, now, terminal.width()),
        format => whole(&rows).show(format, terminal.width()),
    })?;
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn day(at: Option<Timestamp>) -> String {
    at.map_or("–".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// What was decided, or done and when.
fn decided(decision: Option<bool>, done: Option<Timestamp>) -> String {
    match (done, decision) {
        (Some(at), _) => day(Some(at)),
        (None, Some(true)) => "to do".to_owned(),
        (None, Some(false)) => "no".to_owned(),
        (None, None) => "open".to_owned(),
    }
}

/// For a window.
fn short(rows: &[Row]) -> Table {
    let mut table = Table::new(&["BREACH", "STATE", "AWARE", "SEVERITY", "PEOPLE", "AUTHORITY", "DATA SUBJECTS"]);
    for row in rows {
        table.row([
            row.number.clone(),
            row.phase.as_str().to_owned(),
            day(row.aware),
            row.severity.replace('-', " "),
            row.people.map_or("?".to_owned(), |people| people.to_string()),
            decided(row.notify, row.notified),
            decided(row.communicate, row.communicated),
        ]);
    }
    table
}

/// For the file of an authority.
fn whole(rows: &[Row]) -> Table {
    let head = [
        "Number",
        "Title",
        "State",
        "Suspected",
        "Aware",
        "Concerns",
        "People",
        "Severity",
        "Authority notified",
        "Data subjects told",
        "Measures",
        "Kept until",
        "Erased",
    ];
    let mut table = Table::new(&head);
    for row in rows {
        table.row([
            row.number.clone(),
            row.title.clone(),
            row.phase.as_str().to_owned(),
            row.suspected.to_string(),
            row.aware.map(|at| at.to_string()).unwrap_or_default(),
            row.nature.join(", "),
            row.people.map(|people| people.to_string()).unwrap_or_default(),
            row.severity.clone(),
            decided(row.notify, row.notified),
            decided(row.communicate, row.communicated),
            row.measures.join("; "),
            day(row.keep_until),
            day(row.erased),
        ]);
    }
    table
}

/// What may be erased.
fn due(rows: &[Row], now: Timestamp, width: usize) -> String {
    let over = rows.iter().filter(|row| row.keep_until.is_some_and(|until| until <= now));
    let over: Vec<&str> = over.map(|row| &*row.number).collect();
    if over.is_empty() {
        return String::new();
    }
    let text = format!(
        "Kept long enough: {}. cloister breach step erase FILE erases one, and says so in it.",
        over.join(", ")
    );
    format!("\n{}", indented(&text, 0, 0, width))
}
