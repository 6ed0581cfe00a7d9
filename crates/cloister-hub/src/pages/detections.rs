//! What rules found in audit events, and sensors on the wire: who did what, when, and why it matters.

use cloister_model::{Severity, clean};
use cloister_report::html::marks;
use cloister_report::html::text::{sentence, t};
use cloister_report::words::count_of;
use cloister_store::{DetectionFilter, KeptDetection, MOST, Paging};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::layout::below;
use super::{in_source, parts};
use crate::breaches;
use crate::detections::{By, Detection};
use crate::http::{Answer, Ask, Problem, segment};
use crate::table::{Cell, Rows, Table, Want};
use crate::who::role::Right;

/// The address of one.
pub fn address(source: &str, id: &str) -> String {
    below(source, &["detections", id])
}

fn stored(why: &cloister_store::Error) -> Problem {
    Problem::stored(why)
}

/// Which are asked for.
fn filter(ask: &Ask<'_>) -> Result<DetectionFilter, Problem> {
    let wrong = |what: &str, form: &str| Problem::new(400, format!("{what} is {form}"));
    let time = |name: &str| {
        let of_day =
            |text: &str| text.parse::<jiff::civil::Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
        let read = |text: &str| text.parse::<Timestamp>().ok().or_else(|| of_day(text));
        ask.query
            .get(name)
            .map(|text| read(text).ok_or_else(|| wrong(name, "a day or a time, such as 2026-11-26T12:00:00Z")))
            .transpose()
    };
    let severities = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let severity = ask.query.get("severity").map(|word| {
        let known = severities.into_iter().find(|one| one.as_str() == word);
        known.ok_or_else(|| wrong("severity", "one of info, low, medium, high, critical"))
    });
    let breach = ask.query.get("breach").map(|word| match word {
        "suspected" => Ok(true),
        "no" => Ok(false),
        _ => Err(wrong("breach", "suspected or no")),
    });
    Ok(DetectionFilter {
        source: Some(ask.part("source").to_owned()),
        namespaces: ask.query.get("namespace").map(|one| vec![one.to_owned()]),
        rule: ask.query.get("rule").map(str::to_owned),
        severity: severity.transpose()?,
        suspects_breach: breach.transpose()?,
        from: time("from")?,
        until: time("until")?,
    })
}

/// A table of the newest that are asked for.
pub fn table_of(ask: &Ask<'_>, want: Want<'_>) -> Result<Table, Problem> {
    known(ask)?;
    let page = ask.hub.store.detections(&filter(ask)?, &Paging::first(MOST)).map_err(|why| stored(&why))?;
    Ok(Table {
        name: "detections",
        caption: "Detections",
        columns: vec![
            ("Severity", "severity"),
            ("What", "title"),
            ("Who", "who"),
            ("Where", "where"),
            ("When", "at"),
            ("Times", "count"),
            ("Breach", "breach"),
            ("Rule", "rule"),
            ("", "id"),
        ],
        rows: Rows::of(
            &page.items,
            want,
            |one| one.detection.id.as_str().into(),
            |one| cells(ask.part("source"), one),
        )?,
    })
}

fn cells(source: &str, kept: &KeptDetection) -> Vec<Cell> {
    let (one, whole) = (&kept.detection, Detection::kept(kept));
    let seen = whole.as_ref().map(|whole| &whole.seen);
    vec![
        Cell::of(one.severity.as_str()).shown(marks::severity(one.severity)),
        Cell::to(seen.map_or("erased", |seen| seen.title.as_str()), address(source, &one.id)),
        Cell::of(seen.map(|seen| seen.who.user.as_str())),
        Cell::of(seen.map(place)),
        Cell::of(one.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        Cell::of(seen.map(|seen| seen.count)),
        Cell::of(if one.suspects_breach { "suspected" } else { "no" }),
        Cell::of(one.rule.as_str()).shown(html! { code { (t(&one.rule)) } }),
        Cell::of(one.id.as_str()).shown(html! { code { (t(&one.id)) } }),
    ]
}

/// `pods/exec clinic/db-0`, or the path.
fn place(seen: &cloister_rules::Detection) -> String {
    let what = &seen.what;
    if !what.path.is_empty() {
        return what.path.clone();
    }
    let below = if what.subresource.is_empty() { String::new() } else { format!("/{}", what.subresource) };
    let name = [what.namespace.as_str(), what.name.as_str()]
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>();
    format!("{}{below} {}", what.resource, name.join("/")).trim().to_owned()
}

/// A source that is known, be it by its events alone.
fn known(ask: &Ask<'_>) -> Result<(), Problem> {
    let source = ask.part("source");
    let is_known = ask.state(source).is_ok() || ask.hub.ingest.is_known(source);
    if is_known { Ok(()) } else { Err(Problem::missing(format!("there is no source \"{}\"", clean(source)))) }
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = table_of(ask, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let source = ask.part("source");
    let body = html! {
        h1 { "Detections" }
        p.quiet { "What rules found in audit events, and sensors on the wire. It names people, and is read by whoever may act on it." }
        (form(ask))
        @if ask.hub.ingest.is_known(source) { (table.render(&ask.query)) } @else {
            p { "Nobody sends audit events for " (t(source)) " yet. An API server does with " code { "--audit-webhook-config-file" } ", a log shipper by HTTP or the forward protocol." }
        }
    };
    Ok(in_source(ask, "Detections", body))
}

fn form(ask: &Ask<'_>) -> Markup {
    let value = |name: &str| ask.query.get(name).unwrap_or("").to_owned();
    let choice = |name: &'static str, label: &str, words: &[&str]| {
        let chosen = value(name);
        html! { label { (label) select name=(name) {
            option value="" { "any" }
            @for word in words { option value=(word) selected[chosen == *word] { (word) } }
        } } }
    };
    html! {
        form.filters method="get" {
            (choice("severity", "At least", &["info", "low", "medium", "high", "critical"]))
            (choice("breach", "Breach", &["suspected", "no"]))
            label { "Namespace" input name="namespace" value=(value("namespace")); }
            label { "Rule" input name="rule" value=(value("rule")); }
            label { "From" input type="date" name="from" value=(value("from").get(..10).unwrap_or("")); }
            label { "Before" input type="date" name="until" value=(value("until").get(..10).unwrap_or("")); }
            div { button { "Show" } }
        }
    }
}

/// The detection that the address names.
pub fn found(ask: &Ask<'_>) -> Result<Detection, Problem> {
    let one = crate::detections::one(&*ask.hub.store, ask.part("source"), ask.part("detection"));
    one.map_err(|why| stored(&why))?
        .ok_or_else(|| Problem::missing("there is no such detection, or what it said is erased"))
}

/// One of them.
pub fn one(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (one, source) = (found(ask)?, ask.part("source"));
    let (seen, breach) = (&one.seen, breach_of(ask, &one)?);
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let body = html! {
        p.crumbs { a href=(below(source, &["detections"])) { "Detections" } }
        h1 { (sentence(&seen.title)) }
        p.facts { (marks::severity(seen.severity)) @if seen.suspects_breach { " " span.label { "looks like a breach" } } }
        p { (sentence(&seen.why)) }
        div.two {
            section aria-labelledby="who" { h2 id="who" { "Who" } (who(&one)) }
            section aria-labelledby="what" { h2 id="what" { "What" } (what(&one)) }
        }
        section aria-labelledby="when" { h2 id="when" { "When" } dl {
            dt { "First" } dd { (seen.at.map_or_else(|| "the event does not say".to_owned(), time)) }
            @if seen.last != seen.at { @if let Some(last) = seen.last { dt { "Last" } dd { (time(last)) } } }
            dt { "Noticed here" } dd { (time(one.noticed)) }
            dt { "Times" } dd { (count_of(usize::try_from(seen.count).unwrap_or(usize::MAX), "request", "requests")) }
        } }
        section aria-labelledby="why" { h2 id="why" { "Why it matters" } (why(ask, &one, breach.as_deref())) @if breach.is_none() { (reporting(ask, &one)) } }
    };
    Ok(in_source(ask, &seen.title, body))
}

fn who(one: &Detection) -> Markup {
    let who = &one.seen.who;
    if one.by == By::Sensor {
        return html! { p.quiet { "A sensor sees what crosses the wire, and not who asked for it." } };
    }
    html! { dl {
        dt { "User" } dd { @if who.user.is_empty() { "nobody that was recognised" } @else { (t(&who.user)) } }
        @if !who.acting_as.is_empty() { dt { "In the name of" } dd { (t(&who.acting_as)) } }
        @if !who.groups.is_empty() { dt { "Groups" } dd { (t(&who.groups.join(", "))) } }
        @if !who.source_ips.is_empty() { dt { "From" } dd { (t(&who.source_ips.join(", "))) } }
        @if !who.user_agent.is_empty() { dt { "Client" } dd { (t(&who.user_agent)) } }
    } }
}

fn what(one: &Detection) -> Markup {
    let (seen, what) = (&one.seen, &one.seen.what);
    html! { dl {
        dt { "Request" } dd { (t(&what.verb)) " " (t(&place(seen))) }
        @if !what.also.is_empty() { dt { @if one.by == By::Sensor { "To" } @else { "Also" } } dd { (t(&what.also.join(", "))) } }
        dt { "Outcome" } dd { (t(&seen.decision)) }
        @if !what.namespace.is_empty() {
            dt { "Namespace" } dd { a href=(below(&one.source, &["namespaces", &what.namespace])) { (t(&what.namespace)) } }
        }
        @if let Some(personal) = &seen.personal_data { dt { "Personal data" } dd { (t(personal)) } }
    } }
}

/// The breach that it belongs to, for who may read of breaches.
fn breach_of(ask: &Ask<'_>, one: &Detection) -> Result<Option<String>, Problem> {
    if !ask.who.as_ref().is_some_and(|who| who.may(Right::Breaches)) {
        return Ok(None);
    }
    let all = breaches::all(&*ask.hub.store).map_err(|why| stored(&why))?;
    let its = all.iter().find(|known| known.record.detections.contains(&one.id));
    Ok(its.map(|known| known.number().to_owned()))
}

/// What belongs to no breach can be reported as one.
fn reporting(ask: &Ask<'_>, one: &Detection) -> Markup {
    let address = format!("/breaches/new?source={}&detection={}", segment(&one.source), segment(&one.id));
    let may = ask.who.as_ref().is_some_and(|who| who.may(Right::ReportBreach));
    html! { @if may { p { "Was it not meant to be? " a href=(address) { "Report a breach" } } } }
}

/// An entry of the log of this hub, or of the hub that judged it.
fn entry_of(ask: &Ask<'_>, one: &Detection, entry: u64) -> Markup {
    let own = ask.hub.config.log.as_ref().map(|log| log.verifier().name());
    match one.log.as_deref().filter(|log| own != Some(log)) {
        None => html! { a href=(format!("/evidence/{entry}")) { "Entry " (entry) } },
        Some(other) => html! { "Entry " (entry) " of another hub's log, " code { (t(other)) } },
    }
}

fn why(ask: &Ask<'_>, one: &Detection, breach: Option<&str>) -> Markup {
    let known = ask.known(&one.source);
    let is_there = |id: &str| known.as_ref().is_some_and(|known| known.requirement("gdpr", id).is_some());
    html! { dl {
        dt { "Rule" } dd { code { (t(&one.seen.rule)) } @if one.by == By::Audit { ", on an audit event" } @else { ", of a sensor" } }
        @if !one.seen.articles.is_empty() { dt { "GDPR" } dd { @for (at, id) in one.seen.articles.iter().enumerate() {
            @if at > 0 { ", " }
            @if is_there(id) { a href=(parts::requirement(&one.source, "gdpr", id)) { (t(id)) } } @else { (t(id)) }
        } } }
        @if !one.seen.attack.is_empty() { dt { "MITRE ATT&CK" } dd { (t(&one.seen.attack.join(", "))) } }
        @if let Some(number) = breach { dt { "Breach" } dd { a href=(format!("/breaches/{}", segment(number))) { (t(number)) } } }
        @if let Some(entry) = one.entry { dt { "Evidence" } dd { (entry_of(ask, one, entry)) } }
    } }
}
