//! All sources.

use maud::html;

use super::{Layout, parts};
use crate::http::{Answer, Ask, Problem};
use crate::ingest::queue;
use crate::table::{Cell, Rows, Table, Want};

/// The list of them.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let mut names = ask.hub.names();
    let sending = ask.hub.ingest.sources().into_iter().map(std::sync::Arc::<str>::from);
    names.extend(sending.filter(|name| ask.hub.state(name).is_none()));
    let cells = |name: &std::sync::Arc<str>| {
        let (trouble, watched) = ask.hub.state(name).unwrap_or_default();
        let known = ask.hub.snapshot(name);
        let waiting = ask.hub.store.queue_size(&queue(name)).unwrap_or_default();
        let sends = ask.hub.ingest.is_known(name);
        let number =
            |of: fn(&crate::Snapshot) -> usize| known.as_deref().map_or(Cell::default(), |one| Cell::of(of(one)));
        vec![
            if ask.hub.state(name).is_some() { Cell::to(&**name, parts::source(name)) } else { Cell::of(&**name) },
            Cell::of(match (watched, ask.hub.state(name)) {
                (true, _) => "watched here",
                (false, Some(_)) => "handed in",
                (false, None) => "sends events",
            }),
            Cell::of(known.as_deref().map(|one| one.report.assessed_at.clone())),
            number(|one| one.report.summary.open_total),
            number(|one| one.report.subject.resources),
            if sends { Cell::of(waiting.items - waiting.aside.min(waiting.items)) } else { Cell::default() },
            if sends { Cell::of(waiting.aside) } else { Cell::default() },
            Cell::of(trouble.or_else(|| ask.hub.ingest.trouble(name))),
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
            ("Events waiting", "eventsWaiting"),
            ("Set aside", "eventsSetAside"),
            ("Trouble", "trouble"),
        ],
        rows: Rows::of(&names, Want::of_page(&ask.query), |name| (&**name).into(), cells)?,
    };
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! { h1 { "Sources" } p.quiet { "What is watched here, and what agents hand in. Events that wait are on the disk, and are judged within moments; those set aside could not be." } (table.render(&ask.query)) };
    Ok(Layout { ask, title: "Sources", source: None }.answer(body))
}
