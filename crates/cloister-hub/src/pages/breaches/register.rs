//! The register of Art. 33(5): every breach, with its facts, effects and what was done.

use cloister_breach::journal::Row;
use cloister_breach::moment;
use cloister_report::html::text::t;
use jiff::Timestamp;
use maud::html;
use serde_json::Value;

use super::{address, alone, stored};
use crate::breaches;
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};

fn day(at: Option<Timestamp>) -> Value {
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).into()
}

/// What was decided, or done and when.
fn decided(decision: Option<bool>, done: Option<Timestamp>) -> Value {
    match (done, decision) {
        (Some(_), _) => day(done),
        (None, Some(true)) => "to do".into(),
        (None, Some(false)) => "no".into(),
        (None, None) => "open".into(),
    }
}

/// All of them by number, as a table and as they are.
pub fn table_of(ask: &Ask<'_>, want: Want<'_>) -> Result<(Table, Vec<Row>), Problem> {
    let all = breaches::all(&*ask.hub.store).map_err(|why| stored(&why))?;
    let rows: Vec<Row> = all.iter().filter_map(|known| Row::of(&known.record.breach).ok()).collect();
    let table = Table {
        name: "breach-register",
        caption: "Register of breaches",
        columns: vec![
            ("Breach", "number"),
            ("Title", "title"),
            ("State", "state"),
            ("Suspected", "suspected"),
            ("Aware", "aware"),
            ("Concerns", "concerns"),
            ("People", "people"),
            ("Severity", "severity"),
            ("Authority", "authorityNotified"),
            ("Data subjects", "dataSubjectsTold"),
            ("Measures", "measures"),
            ("Kept until", "keptUntil"),
            ("Erased", "erased"),
        ],
        rows: Rows::of(&rows, want, |row| row.number.as_str().into(), cells)?,
    };
    Ok((table, rows))
}

fn cells(row: &Row) -> Vec<Cell> {
    vec![
        Cell::to(row.number.as_str(), address(&row.number)),
        Cell::of(row.title.as_str()),
        Cell::of(row.phase.as_str()),
        Cell::of(moment(row.suspected)),
        Cell::of(row.aware.map(moment)),
        Cell::of(row.nature.clone()),
        Cell::of(row.people),
        Cell::of(row.severity.replace('-', " ")),
        Cell::of(decided(row.notify, row.notified)),
        Cell::of(decided(row.communicate, row.communicated)),
        Cell::of(row.measures.join("; ")),
        Cell::of(day(row.keep_until)),
        Cell::of(day(row.erased)),
    ]
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (table, rows) = table_of(ask, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let now = Timestamp::now();
    let over: Vec<&Row> = rows.iter().filter(|row| row.keep_until.is_some_and(|until| until <= now)).collect();
    let body = html! {
        p.crumbs { a href="/breaches" { "Breaches" } }
        h1 { "Register of breaches, Art. 33(5)" }
        p.quiet { "All of them, also those that were not notified. It is what the authority asks for." }
        @if !over.is_empty() { section aria-labelledby="over" {
            h2 id="over" { "Kept long enough" }
            ul { @for row in &over { li {
                a href={ (address(&row.number)) "#step-erase" } { "Erase " (t(&row.number)) } ", kept until " (row.keep_until.map(moment).unwrap_or_default())
            } } }
        } }
        (table.render(&ask.query))
    };
    Ok(alone(ask, "Register of breaches", body))
}
