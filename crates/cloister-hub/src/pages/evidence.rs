//! The record: what was done when, each entry with its proof, and checking all of it.

use cloister_evidence::Record;
use cloister_report::html::text::t;
use cloister_report::words::count_of;
use maud::{Markup, html};

use super::{Layout, export};
use crate::evidence::{Log, Said, Shown};
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};
use crate::timestamps::Timestamping;
use crate::who::role::Right;

/// The log, where one is kept.
pub fn log<'h>(ask: &Ask<'h>) -> Result<&'h Log, Problem> {
    let none = || Problem::missing("this hub keeps no record: begin it with --data FOLDER");
    ask.hub.config.log.as_ref().ok_or_else(none)
}

/// So many of the newest entries can be paged through.
const MOST: usize = 10_000;

/// A table of the newest entries.
pub fn table_of(log: &Log, want: Want<'_>) -> Result<Table, Problem> {
    let head = log.head().map_err(|why| Problem::new(503, why))?;
    let all = log.entries(head.size, head.size, MOST);
    let cells = |(index, record): &(u64, Record)| {
        vec![
            Cell::to(*index, format!("/evidence/{index}")),
            Cell::of(record.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            Cell::of(record.kind.as_str()),
            Cell::of(record.commitment.to_string()).shown(html! { span.hash { (record.commitment) } }),
        ]
    };
    Ok(Table {
        name: "evidence",
        caption: "Entries",
        columns: vec![("Entry", "entry"), ("When", "at"), ("What", "kind"), ("Commitment", "commitment")],
        rows: Rows::of(&all, want, |(index, _)| index.to_string().into(), cells)?,
    })
}

/// The timeline.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let log = log(ask)?;
    let table = table_of(log, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let head = log.head().map_err(|why| Problem::new(503, why))?;
    let body = html! {
        h1 { "Evidence" }
        p { "A record that nobody changes unseen: every entry is a leaf of a tree whose root is signed. "
            a href="/evidence/verification" { "Check all of it now" } "." }
        dl {
            dt { "Log" } dd { (t(&head.origin)) }
            dt { "Entries" } dd { (head.size) }
            dt { "Root" } dd.hash { (head.root) }
            dt { "Public key" } dd.hash { (log.verifier()) }
            @if let Some(stamping) = &ask.hub.config.timestamps { dt { "Timestamps" } dd { (timestamps(stamping)) } }
        }
        h2 { "Entries" }
        (table.render(&ask.query))
        @if let Some(form) = export::form(ask, log) { (form) }
    };
    Ok(Layout { ask, title: "Evidence", source: None }.answer(body))
}

/// By when the head was there, as an authority says.
fn timestamps(stamping: &Timestamping) -> Markup {
    let fared = stamping.fared();
    html! {
        @match &fared.last {
            Some(last) => {
                (entries(last.size)) " existed by " (last.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()) ", says "
                (t(&last.by)) ". "
            }
            None => { "Asked of " (t(stamping.host())) "; none since this hub was started. " }
        }
        @if let Some((at, why)) = &fared.trouble {
            span.bad role="alert" { "Not stamped at " (at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()) ": " (t(why)) }
        }
    }
}

/// Checks everything, in the page.
pub fn verification(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let log = log(ask)?;
    let outcome = log.verify(ask.query.get("anew").is_some());
    let body = html! {
        p.crumbs { a href="/evidence" { "Evidence" } }
        h1 { "Verification" }
        @if outcome.holds() {
            p.ok role="status" { "Everything is as it was recorded." }
        } @else {
            p.bad role="alert" { "Something is not as it was recorded." }
            ul { @for fault in &outcome.faults { li { code { (t(&fault.place)) } ": " (t(&fault.what)) } } }
            @if outcome.more > 0 { p { (outcome.more) " more." } }
        }
        dl {
            dt { "Checked" } dd { (entries(outcome.entries)) }
            dt { "Payloads whole" } dd { (outcome.whole) ", of them encrypted: " (outcome.sealed) }
            dt { "Erased, as the log says" } dd { (outcome.erased) }
            @if let Some(head) = &outcome.head { dt { "Root" } dd.hash { (head.root) } }
        }
        p { a href="?anew=1" { "Check again" } }
        p.quiet { "This page is made by the hub that writes the log. Who trusts neither checks a copy elsewhere, with the public key alone: " code { "cloister evidence verify LOG --key KEY" } "." }
    };
    Ok(Layout { ask, title: "Verification", source: None }.answer(body))
}

fn entries(number: u64) -> String {
    count_of(usize::try_from(number).unwrap_or(usize::MAX), "entry", "entries")
}

/// The entry that the address names.
pub fn found(ask: &Ask<'_>) -> Result<Shown, Problem> {
    let none = || Problem::missing("the log has no such entry");
    let index = ask.part("entry").parse().map_err(|_| none())?;
    log(ask)?.entry(index).ok_or_else(none)
}

/// One entry.
pub fn entry(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let shown = found(ask)?;
    let title = format!("Entry {}", shown.index);
    let body = html! {
        p.crumbs { a href="/evidence" { "Evidence" } }
        h1 { (title) }
        dl {
            dt { "What" } dd { (shown.record.kind.as_str()) }
            dt { "When" } dd { (shown.record.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()) }
            dt { "Commitment" } dd.hash { (shown.record.commitment) }
            dt { "Leaf" } dd.hash { (shown.leaf) }
        }
        section aria-labelledby="proof" {
            h2 id="proof" { "Proof" }
            @if shown.proven { p.ok { "These hashes lead from the leaf to the signed root." } } @else { p.bad role="alert" { "The hashes do not lead to the signed root." } }
            ol.proof { @for hash in &shown.proof { li.hash { (hash) } } }
        }
        section aria-labelledby="said" { h2 id="said" { "What it says" } (said(ask, &shown)) }
    };
    Ok(Layout { ask, title: &title, source: None }.answer(body))
}

/// Longest content that is shown, in bytes.
const LONGEST: usize = 64 * 1024;

fn said(ask: &Ask<'_>, shown: &Shown) -> Markup {
    if !ask.who.as_ref().is_some_and(|who| who.may(Right::ReadPeople)) {
        return html! { p.quiet { "What entries say names people, and takes the role " (Right::ReadPeople.roles()) "." } };
    }
    html! { @match &shown.said {
        Said::This(value) => {
            @let text = cloister_report::json::value(value);
            @let cut = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(&text);
            pre tabindex="0" role="region" aria-label="Content" { code { (cut) } }
            @if cut.len() < text.len() { p.quiet { "Its beginning. " code { "cloister evidence show LOG " (shown.index) } " shows all." } }
        }
        Said::Erased => { p.quiet { "It is erased, as an entry of the log says." } }
        Said::Unreadable(why) => { p.bad { (t(why)) } }
    } }
}
