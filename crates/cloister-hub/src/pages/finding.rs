//! One finding: why it matters, its resource with the line marked, the change to make; and accepting it.

use cloister_report::html::marks;
use cloister_report::html::text::{lines, t};
use cloister_report::words;
use cloister_store::{ChangeFilter, Changed, FindingChange, FindingRecord, Paging};
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{below, may, token};
use super::{in_source, parts};
use crate::Snapshot;
use crate::decisions::{self, What};
use crate::http::{Answer, Ask, Problem};
use crate::read::Finding;
use crate::sources::supplement::Text;
use crate::table::{Cell, Rows, Table, Want};
use crate::who::role::Right;

fn found<'k>(ask: &Ask<'_>, known: &'k Snapshot) -> Result<&'k Finding, Problem> {
    let gone = || Problem::missing("this finding is not there any more, or never was: what it spoke of was changed");
    known.finding(ask.part("finding")).ok_or_else(gone)
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let one = found(ask, &known)?;
    let name = &known.source;
    let body = html! {
        p.crumbs { a href=(below(name, &["findings"])) { "Findings" } " › " a href=(parts::check(name, &one.check)) { (t(&one.check)) } }
        h1 { (t(&one.message)) }
        p.facts {
            (marks::severity(one.severity))
            @if let Some(reference) = &one.resource { a href=(parts::resource(name, reference)) { (t(&words::resource(reference))) } }
            @if let Some(container) = &one.container { span.quiet { "container " (t(container)) } }
        }
        (parts::why(&one.exposure))
        (super::questions::of_finding(&known, one))
        @if let Some(acceptance) = &one.accepted { (parts::acceptance(acceptance)) }
        div.two {
            section aria-labelledby="written" { h2 id="written" { "As it is written" } (parts::place(one.location.as_ref(), &one.pointer)) (written(&known, one)) }
            section aria-labelledby="change" {
                h2 id="change" { "The change to make" }
                (parts::remedy(&one.remediation))
                @if let Some(fix) = &one.fix { (lines(fix)) }
                h3 { "Speaks against" }
                p.refs-line { (parts::requirements(name, &one.requirements)) }
            }
        }
        @if let Some(history) = history(ask)? { (history.section()) }
        (form(ask, one))
    };
    Ok(in_source(ask, &one.message, body))
}

/// What the store knows of a finding.
pub struct History {
    /// As it is.
    pub record: FindingRecord,
    changes: Vec<FindingChange>,
}

/// Since when it is there, and when it was gone; `None` where it never was.
pub fn history(ask: &Ask<'_>) -> Result<Option<History>, Problem> {
    let (source, id, store) = (ask.part("source"), ask.part("finding"), &ask.hub.store);
    let stored = |why: cloister_store::Error| Problem::stored(&why);
    let record = store.finding(source, id).map_err(stored)?;
    let Some(record) = record.filter(|one| ask.sees(source, one.seen.namespace.as_deref())) else { return Ok(None) };
    let filter =
        ChangeFilter { source: Some(source.to_owned()), finding: Some(id.to_owned()), ..ChangeFilter::default() };
    let changes = store.changes(&filter, &Paging::first(1000)).map_err(stored)?.items;
    Ok(Some(History { record, changes }))
}

impl History {
    /// Its changes, the last first.
    pub fn table(&self, want: Want<'_>) -> Result<Table, Problem> {
        let cells = |one: &FindingChange| {
            let what = match one.changed {
                Changed::New => "seen for the first time",
                Changed::Returned => "came back",
                Changed::Resolved => "gone",
            };
            vec![Cell::of(one.at.to_string()), Cell::of(what)]
        };
        Ok(Table {
            name: "finding-history",
            caption: "What happened to it",
            columns: vec![("When", "at"), ("What", "what")],
            rows: Rows::of(&self.changes, want, |one| one.number.to_string().into(), cells)?,
        })
    }

    fn section(&self) -> Markup {
        let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let record = &self.record;
        html! { section aria-labelledby="history" {
            h2 id="history" { "Since when" }
            dl {
                dt { "First seen" } dd { (time(record.first_seen)) }
                @if record.returns > 0 {
                    dt { "Came back" } dd { (words::count_of(record.returns as usize, "time", "times")) ", last " (time(record.since)) }
                }
            }
            @if self.changes.len() > 1 { ol.lines { @for one in self.changes.iter().take(20) { li {
                (time(one.at)) " "
                @match one.changed {
                    Changed::New => { "seen for the first time" }
                    Changed::Returned => { "came back" }
                    Changed::Resolved => { "gone" }
                }
            } } } }
        } }
    }
}

fn written(known: &Snapshot, one: &Finding) -> Markup {
    let text = one.resource.as_deref().and_then(|resource| known.more.text(resource));
    html! {
        @match text {
            Some(text) => { (yaml(text, known.more.line(&one.id))) }
            None if one.resource.is_none() => { p.quiet { "What is missing altogether stands nowhere." } }
            None => { p.quiet { "Whoever handed this in did not send what is written." } }
        }
    }
}

/// So many lines around the marked one are shown; all of a short text.
const AROUND: usize = 14;

/// A resource's text, with one line marked.
pub fn yaml(text: &Text, marked: Option<u32>) -> Markup {
    let all: Vec<(usize, &str)> = text.yaml.lines().enumerate().collect();
    let marked = marked.map(|line| line as usize);
    let (from, to) = match marked {
        Some(line) if all.len() > 3 * AROUND => (line.saturating_sub(AROUND), (line + AROUND).min(all.len())),
        _ => (0, all.len()),
    };
    html! {
        pre.written tabindex="0" role="region" aria-label="The resource as YAML, values masked" { code {
            @if from > 0 { span.row { span.no { "⋮" } span {} } }
            @for (at, line) in all.get(from..to).unwrap_or(&[]) {
                @let is_marked = marked == Some(*at);
                span.row.marked[is_marked] {
                    span.no { (number(text, *at)) }
                    span { @if is_marked { mark { (t(line)) } } @else { (t(line)) } "\n" }
                }
            }
            @if to < all.len() { span.row { span.no { "⋮" } span {} } }
        } }
    }
}

fn number(text: &Text, at: usize) -> String {
    match text.numbers.get(at) {
        Some(0) | None => String::new(),
        Some(line) => line.to_string(),
    }
}

fn form(ask: &Ask<'_>, one: &Finding) -> Markup {
    let who = may(ask, Right::Accept).filter(|_| one.is_open() && one.resource.is_some());
    let Some(who) = who else { return html! {} };
    html! {
        section aria-labelledby="accept" {
            h2 id="accept" { "Accept it" }
            p.quiet { "It stays in the report, as accepted, and comes back when the time is over. What this check finds on this resource is accepted" @if one.container.is_some() { ", for this container" } "." }
            form.fields method="post" action=(format!("{}/exceptions", ask.path)) {
                (token(&who))
                label { "Why" span.hint { "What makes the risk bearable. It stands in the record, with your name." }
                    textarea name="reason" required minlength="10" maxlength=(decisions::LONGEST) {} }
                label { "Until" span.hint { "The last day on which it holds." } input type="date" name="expires" required; }
                div { button { "Accept" } }
            }
        }
    }
}

/// Accepts.
pub fn accept(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let sent = ask.form()?;
    let known = ask.snapshot()?;
    decide(ask, found(ask, &known)?, (sent.get("reason"), sent.get("expires")))?;
    Ok(Answer::see(&below(&known.source, &["decisions"])))
}

/// The same from the API.
pub fn decide(
    ask: &Ask<'_>,
    one: &Finding,
    (reason, expires): (Option<&str>, Option<&str>),
) -> Result<decisions::Decision, Problem> {
    let wrong = |why: String| Problem::new(422, why);
    let who = ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))?;
    let reason = decisions::text(reason.unwrap_or(""), 10, "the reason").map_err(wrong)?;
    let expires = decisions::last_day(expires.unwrap_or(""), jiff::Zoned::now().date()).map_err(wrong)?;
    let resource = one
        .resource
        .as_deref()
        .ok_or_else(|| Problem::new(422, "what is missing altogether cannot be accepted: it has no resource"))?;
    let what = What::Exception {
        check: one.check.to_string(),
        resource: resource.clone(),
        container: one.container.as_deref().map(str::to_owned),
    };
    ask.hub.decide(ask.part("source"), what, (reason, expires), who).map_err(|why| why.problem())
}
