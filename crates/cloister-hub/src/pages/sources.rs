//! All sources.

use maud::html;

use super::{Layout, parts};
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};

/// The list of them.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let names = ask.sources();
    let cells = |name: &std::sync::Arc<str>| {
        let (trouble, watched) = ask.state(name).unwrap_or_default();
        let known = ask.known(name);
        let number =
            |of: fn(&crate::Snapshot) -> usize| known.as_deref().map_or(Cell::default(), |one| Cell::of(of(one)));
        vec![
            Cell::to(&**name, parts::source(name)),
            Cell::of(if watched { "watched here" } else { "handed in" }),
            Cell::of(known.as_deref().map(|one| one.report.assessed_at.clone())),
            number(|one| one.report.summary.open_total),
            number(|one| one.report.subject.resources),
            Cell::of(trouble),
        ]
    };
    let table = Table {
        name: "sources",
        caption: "Sources",
        columns: vec![
            ("Source", "source"),
            ("How", "how"),
            ("Assessed", "assessedAt"),
            ("Open", "open"),
            ("Resources", "resources"),
            ("Trouble", "trouble"),
        ],
        rows: Rows::of(&names, Want::of_page(&ask.query), |name| (&**name).into(), cells)?,
    };
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! { h1 { "Sources" } p.quiet { "What is watched here, and what agents hand in." } (table.render(&ask.query)) };
    Ok(Layout { ask, title: "Sources", source: None }.answer(body))
}
