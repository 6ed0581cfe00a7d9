//! Words, looked for in everything that a source has.

use cloister_report::html::text::t;
use cloister_report::words;
use maud::{Markup, html};

use super::layout::below;
use super::{findings, in_source, parts};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::search::{small, words_of};
use crate::table::Want;

/// So many of each kind are shown.
const MOST: usize = 20;

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let query = ask.query.get("q").unwrap_or("");
    let found = if query.is_empty() { Vec::new() } else { findings::choose(&known, &ask.query)? };
    let table = parts::findings(&known.source, &found, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Search" }
        @if query.is_empty() { p.quiet { "Write words into the field above: names, checks, articles, files." } } @else {
            (names(&known, query))
            section aria-labelledby="found" { h2 id="found" { "Findings " span.count { (words::thousands(found.len())) } } (table.render(&ask.query)) }
        }
    };
    Ok(in_source(ask, "Search", body))
}

/// What is called like it: resources, requirements, checks.
fn names(known: &Snapshot, query: &str) -> Markup {
    let sought = words_of(query);
    let fits = |text: &str| {
        let text = small(text);
        sought.iter().all(|word| text.contains(word.as_str()))
    };
    let mut all = known.resources.keys().enumerate();
    let found = known.search().resources.find(&sought).take(MOST);
    let resources = found.filter_map(|place| all.find(|(at, _)| *at == place)).map(|(_, one)| one);
    let resources: Vec<(String, String)> =
        resources.map(|one| (parts::resource(&known.source, one), words::resource(one))).collect();
    let requirements =
        known.report.requirements.iter().map(|one| (one, format!("{} {} {}", one.framework, one.id, one.title)));
    let requirements = requirements.filter(|(_, text)| fits(text)).take(MOST);
    let requirements: Vec<(String, String)> =
        requirements.map(|(one, text)| (parts::requirement(&known.source, &one.framework, &one.id), text)).collect();
    let checks = known.report.checks.iter().filter(|one| fits(&one.name) || fits(&one.title)).take(MOST);
    let checks: Vec<(String, String)> =
        checks.map(|one| (below(&known.source, &["checks", &one.name]), one.name.clone())).collect();
    html! { @for (title, all) in [("Resources", resources), ("Requirements", requirements), ("Checks", checks)] {
        @if !all.is_empty() { section { h2 { (title) } ul { @for (link, text) in all { li { a href=(link) { (t(&text)) } } } } } }
    } }
}
