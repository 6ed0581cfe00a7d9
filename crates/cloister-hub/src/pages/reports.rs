//! What other scanners say of what Cloister knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloister_model::{PersonalData, ResourceRef, Severity};
use cloister_report::html::marks;
use cloister_report::html::text::t;
use cloister_report::words;
use cloister_scanners::{Found, Kind};
use maud::{Markup, html};
use serde_json::Value;

use super::layout::below;
use super::{findings, in_source, parts};
use crate::http::{Answer, Ask, Problem, Query, Said, segment};
use crate::scanners::{Row, Told, articles};
use crate::search::{small, words_of};
use crate::table::{Cell, Rows, Table, Want};

/// The articles that results bear on.
const ARTICLES: [&str; 2] = ["32(1)(b)", "32(1)(d)"];

/// What is said of it wherever it is shown.
const WHOSE: &str = "None of it is Cloister's verdict, and no requirement, number or state of Cloister counts it.";

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let is_whole = ask.sees(ask.part("source"), None);
    let of_told = is_whole && ask.query.get("of") == Some("scanners");
    let told = if is_whole { Some(told(ask, Want { after: None, most: usize::MAX })?) } else { None };
    if let Some(file) = told.as_ref().filter(|_| of_told).and_then(|table| table.file(ask)) {
        return Ok(file);
    }
    let table = results(ask, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let left_out = if is_whole { ask.said()?.placed.left_out } else { 0 };
    let body = html! {
        h1 { "Other scanners " span.count { (words::thousands(table.rows.all)) } }
        p.quiet { "What other scanners reported, on the workloads that they name or whose images they scanned: the most personal data at risk first, then the gravest. " (WHOSE) }
        @if told.as_ref().is_some_and(|told| told.rows.all == 0) { (how(ask.part("source"))) } @else {
            (filters(ask)?)
            (table.render(&ask.query))
            @if left_out > 0 { p.notice { "Of images that many workloads run, " (words::count(left_out, "more place")) @if left_out == 1 { " is" } @else { " are" } " not shown; those with personal data come first." } }
            @if let Some(told) = &told { section aria-labelledby="told" {
                h2 id="told" { "Who told what" }
                p.quiet { "A newer report of the same scanner about the same scope replaces the one before: what it no longer tells is over." }
                (told.render(&Query::read(ask.query.with("of", "scanners").as_bytes())))
            } }
        }
    };
    Ok(in_source(ask, "Other scanners", body))
}

fn how(source: &str) -> Markup {
    html! { p { "Nobody sent a report yet. SARIF, OpenReports, and the JSON of Trivy and Grype are taken at " code { "/api/v1/sources/" (t(source)) "/scanner-reports" } ", with the token of a collector that is called " code { (t(source)) } "." } }
}

/// What was told, by scanner and scope.
pub fn told(ask: &Ask<'_>, want: Want<'_>) -> Result<Table, Problem> {
    let said = ask.said()?;
    let all: Vec<(&String, &Told)> = said.placed.known.index.iter().collect();
    let cells = |(_, told): &(&String, &Told)| {
        vec![
            Cell::of(told.scanner.as_str()),
            Cell::of(told.version.as_str()),
            Cell::of(told.scope.as_str()),
            Cell::of(told.format.as_str()),
            Cell::of(told.made.map(time)),
            Cell::of(time(told.taken)),
            Cell::of(told.by.as_str()),
            Cell::of(told.results),
            Cell::of(told.passed),
        ]
    };
    Ok(Table {
        name: "scanners",
        caption: "Who told what",
        columns: vec![
            ("Scanner", "scanner"),
            ("Version", "version"),
            ("Of what", "scope"),
            ("As", "format"),
            ("Made", "made"),
            ("Came", "taken"),
            ("Sent by", "by"),
            ("Results", "results"),
            ("Good", "passed"),
        ],
        rows: Rows::of(&all, want, |(key, _)| key.as_str().into(), cells)?,
    })
}

fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The results that the address asks for.
pub fn results(ask: &Ask<'_>, want: Want<'_>) -> Result<Table, Problem> {
    let said = ask.said()?;
    let chosen = choose(&said, &ask.query)?;
    table(&said, &chosen, want)
}

fn choose<'s>(said: &'s Said, query: &Query) -> Result<Vec<&'s Row>, Problem> {
    let severity = query.get("severity").map(str::parse::<Severity>).transpose();
    let severity = severity.map_err(|()| Problem::new(400, "severity is one of info, low, medium, high, critical"))?;
    let (namespace, level, article) = (query.get("namespace"), findings::level(query)?, query.get("article"));
    let (scanner, kind) = (query.get("scanner"), query.get("kind"));
    if kind.is_some_and(|kind| Kind::ALL.iter().all(|one| one.as_str() != kind)) {
        return Err(Problem::new(400, format!("kind is one of {}", Kind::ALL.map(Kind::as_str).join(", "))));
    }
    let words = words_of(query.get("q").unwrap_or(""));
    let fits = |row: &&Row| {
        let Some((found, part)) = said.placed.found(row).zip(said.placed.part(row)) else { return false };
        severity.is_none_or(|least| found.severity.is_some_and(|one| one >= least))
            && namespace.is_none_or(|name| row.place.as_deref().map_or("", namespace_of) == name)
            && level.is_none_or(|level| row.level == level)
            && article.is_none_or(|article| articles(found.kind, row.level).contains(&article))
            && scanner.is_none_or(|name| part.scanner == name)
            && kind.is_none_or(|word| found.kind.as_str() == word)
            && (words.is_empty() || speaks_of(said, row, found, &words))
    };
    Ok(said.rows().filter(fits).collect())
}

fn namespace_of(place: &ResourceRef) -> &str {
    if &*place.kind == "Namespace" { &place.name } else { place.namespace.as_deref().unwrap_or("") }
}

/// In what is shown: what is hidden is not found either.
fn speaks_of(said: &Said, row: &Row, found: &Found, words: &[String]) -> bool {
    let place = row.place.as_deref().map(words::resource).unwrap_or_default();
    let texts = [&found.id, &found.title, &found.package, &found.file];
    let mut all = small(&place);
    for text in texts.into_iter().filter_map(|text| said.clear(text)) {
        all.push('\n');
        all.push_str(&small(text));
    }
    words.iter().all(|word| all.contains(word.as_str()))
}

fn table(said: &Said, chosen: &[&Row], want: Want<'_>) -> Result<Table, Problem> {
    Ok(Table {
        name: "results",
        caption: "What other scanners say",
        columns: vec![
            ("Severity", "severity"),
            ("", "result"),
            ("What", "title"),
            ("Where", "resource"),
            ("Personal data", "personalData"),
            ("In", "about"),
            ("", "fixedIn"),
            ("Bears on", "articles"),
            ("Said by", "scanner"),
            ("", "since"),
            ("", "namespace"),
            ("", "kind"),
            ("", "saidSeverity"),
            ("", "verdict"),
            ("", "id"),
        ],
        rows: Rows::of(chosen, want, |row| said.placed.name(row).into(), |row| cells(said, row))?,
    })
}

fn cells(said: &Said, row: &Row) -> Vec<Cell> {
    let Some((found, part)) = said.placed.found(row).zip(said.placed.part(row)) else { return Vec::new() };
    let source = &said.source;
    let place = row.place.as_deref();
    let shown = |text: &str| said.clear(text).unwrap_or("").to_owned();
    let title = said.clear(&found.title).unwrap_or("it names what you may not see");
    let level = Some(words::personal_data(row.level)).filter(|_| row.level > PersonalData::None);
    let bears = articles(found.kind, row.level);
    let since = said.placed.since(row).map(|at| at.strftime("%Y-%m-%d").to_string());
    vec![
        match found.severity {
            Some(severity) => Cell::of(severity.as_str()).shown(marks::severity(severity)),
            None => {
                Cell::of(Value::Null).shown(html! { (t(if found.said.is_empty() { "unsaid" } else { &found.said })) })
            }
        },
        Cell::of(shown(&found.id)),
        Cell::of(title).shown(html! { (t(title)) " " code { (t(&shown(&found.id))) } }),
        match place {
            Some(one) if row.is_known => Cell::to(words::resource(one), parts::resource(source, one)),
            Some(one) => Cell::of(words::resource(one))
                .shown(html! { (t(&words::resource(one))) " " span.quiet { "not in what was assessed" } }),
            None => Cell::of(image(said, row))
                .shown(html! { (t(&image(said, row))) " " span.quiet { "on no workload that is known" } }),
        },
        Cell::of(level),
        Cell::of(shown(&about(found))).shown(html! {
            (t(&shown(&about(found))))
            @if !found.fixed.is_empty() { " " span.quiet { "fixed in " (t(&found.fixed.join(", "))) } }
        }),
        Cell::of(found.fixed.clone()),
        Cell::of(bears.to_vec()).shown(html! { @for (at, id) in bears.iter().enumerate() {
            @if at > 0 { ", " } a href=(parts::requirement(source, "gdpr", id)) { (id) }
        } }),
        Cell::of(shown(&part.scanner)).shown(html! {
            (t(&shown(&part.scanner)))
            @if let Some(since) = &since { " " span.quiet { "since " (since) } }
        }),
        Cell::of(since.clone()),
        Cell::of(place.map(namespace_of).filter(|name| !name.is_empty())),
        Cell::of(found.kind.as_str()),
        Cell::of(found.said.as_str()),
        Cell::of(format!("of {}, not of Cloister", shown(&part.scanner))),
        Cell::of(said.placed.name(row)),
    ]
}

/// The image that was scanned, where nothing else is known of the place.
fn image(said: &Said, row: &Row) -> String {
    let part = said.placed.part(row);
    let subject = part.zip(said.placed.found(row)).and_then(|(part, found)| part.subject(found));
    let image = subject.and_then(|one| one.image.as_ref()?.names.first());
    image.or(part.map(|part| &part.scope)).cloned().unwrap_or_default()
}

/// The package with its version, or the file with its line.
fn about(found: &Found) -> String {
    match (found.package.as_str(), found.line) {
        ("", 0) => found.file.clone(),
        ("", line) => format!("{}:{line}", found.file),
        (package, _) => format!("{package} {}", found.version).trim().to_owned(),
    }
}

fn filters(ask: &Ask<'_>) -> Result<Markup, Problem> {
    let (said, query) = (ask.said()?, &ask.query);
    let own = |words: Vec<&str>| words.into_iter().map(|one| (one.to_owned(), one.to_owned())).collect::<Vec<_>>();
    let severities = own(Severity::ALL.into_iter().rev().map(Severity::as_str).collect());
    let kinds = own(Kind::ALL.into_iter().map(Kind::as_str).collect());
    let levels = PersonalData::ALL.into_iter().rev();
    let levels = levels.map(|one| (findings::word(one).to_owned(), words::personal_data(one).to_owned()));
    let mut scanners: Vec<&str> = said.rows().filter_map(|row| Some(&*said.placed.part(row)?.scanner)).collect();
    scanners.sort_unstable();
    scanners.dedup();
    scanners.retain(|name| said.clear(name).is_some());
    let mut namespaces: Vec<&str> = said.rows().filter_map(|row| Some(namespace_of(row.place.as_deref()?))).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces.retain(|name| !name.is_empty());
    let select = |name, title, values: Vec<(String, String)>| findings::select(name, title, values.into_iter(), query);
    Ok(html! {
        form.filters {
            (select("severity", "At least", severities))
            (select("kind", "Kind", kinds))
            (select("data", "Personal data", levels.collect()))
            (select("namespace", "Namespace", own(namespaces)))
            (select("scanner", "Scanner", own(scanners)))
            (select("article", "Bears on", own(ARTICLES.to_vec())))
            label { "Words" input type="search" name="q" value=(query.get("q").unwrap_or("")); }
            button { "Narrow" }
            @if !query.with("after", "").is_empty() { a href="?" { "All" } }
        }
    })
}

/// How much of what other scanners say bears on a requirement, as a part of its page; nothing where that is nothing.
pub fn of_requirement(ask: &Ask<'_>, (framework, id): (&str, &str)) -> Result<Markup, Problem> {
    if framework != "gdpr" || !ARTICLES.contains(&id) {
        return Ok(html! {});
    }
    let said = ask.said()?;
    let bears = |row: &&Row| said.placed.found(row).is_some_and(|found| articles(found.kind, row.level).contains(&id));
    let places: BTreeSet<&Arc<ResourceRef>> = said.rows().filter(bears).filter_map(|row| row.place.as_ref()).collect();
    let number = said.rows().filter(bears).count();
    let address = format!("{}?article={}", below(&said.source, &["reports"]), segment(id));
    Ok(html! { @if number > 0 { section aria-labelledby="others" {
        h2 id="others" { "What other scanners say" }
        p { a href=(address) { (words::count(number, "result")) } " on " (words::count(places.len(), "resource")) " with personal data. " (WHOSE) }
    } } })
}

/// What other scanners say of one resource, as a part of its page; nothing where they say nothing.
pub fn of_resource(ask: &Ask<'_>, all: &[&Arc<ResourceRef>]) -> Result<Markup, Problem> {
    let said = ask.said()?;
    let is_here = |row: &&Row| row.place.as_ref().is_some_and(|place| all.contains(&place));
    let chosen: Vec<&Row> = said.rows().filter(is_here).collect();
    let Some(first) = all.first().filter(|_| !chosen.is_empty()) else { return Ok(html! {}) };
    const FIRST: usize = 25;
    let mut table = table(&said, &chosen, Want { after: None, most: FIRST })?;
    let more = table.rows.all.saturating_sub(FIRST);
    table.rows.all = table.rows.part.len();
    let namespace = first.namespace.as_deref().unwrap_or("");
    let address =
        format!("{}?namespace={}&q={}", below(&said.source, &["reports"]), segment(namespace), segment(&first.name));
    Ok(html! {
        section aria-labelledby="others" {
            h2 id="others" { "What other scanners say " span.count { (words::thousands(chosen.len())) } }
            p.quiet { (WHOSE) }
            (table.rows_alone())
            p { a href=(address) { @if more > 0 { (words::thousands(more)) " more, and files" } @else { "With filters and files" } } }
        }
    })
}
