//! The rules over audit events: which judge, where they come from, and which do not.

use cloister_report::html::marks;
use cloister_report::html::text::t;
use cloister_rules::{Origin, Rule};
use maud::html;

use super::Layout;
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};

/// A rule, and why it does not judge.
type Known<'r> = (&'r Rule, Option<&'r str>);

/// A table of them, the gravest first. They are of the whole hub: who is limited to namespaces does not read them.
pub fn table_of(ask: &Ask<'_>, want: Want<'_>) -> Result<Table, Problem> {
    let rules = ask.hub.rules.now();
    let judging = rules.all().iter().map(|rule| (rule, None));
    let off = rules.off().iter().map(|one| (&one.rule, Some(one.reason.as_str())));
    let mut all: Vec<Known<'_>> = judging.chain(off).collect();
    all.sort_by(|(one, _), (other, _)| (other.severity, &one.name).cmp(&(one.severity, &other.name)));
    let cells = |(rule, off): &Known<'_>| {
        let state = off.map_or_else(|| "judges".to_owned(), |reason| format!("off: {reason}"));
        let place = match rule.origin {
            Origin::Program => String::new(),
            Origin::Own | Origin::InPlace => format!("{}:{}", rule.place.0, rule.place.1),
        };
        vec![
            Cell::of(rule.severity.as_str()).shown(marks::severity(rule.severity)),
            Cell::of(rule.name.as_str()).shown(html! { code { (t(&rule.name)) } }),
            Cell::of(rule.title.as_str()),
            Cell::of(rule.articles.clone()),
            Cell::of(rule.attack.clone()),
            Cell::of(if rule.suspects_breach { "suspected" } else { "no" }),
            Cell::of(rule.origin.as_str()),
            Cell::of(place),
            Cell::of(state),
            Cell::of(rule.description.as_str()),
        ]
    };
    Ok(Table {
        name: "rules",
        caption: "Rules over audit events",
        columns: vec![
            ("Severity", "severity"),
            ("Rule", "name"),
            ("What it finds", "title"),
            ("Articles", "articles"),
            ("ATT&CK", "attack"),
            ("Breach", "breach"),
            ("From", "origin"),
            ("Written at", "place"),
            ("State", "state"),
            ("", "description"),
        ],
        rows: Rows::of(&all, want, |(rule, _)| rule.name.as_str().into(), cells)?,
    })
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = table_of(ask, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Rules over audit events" }
        (trouble(ask))
        p.quiet { "Each event that is sent in meets all that judge. Rules of your own stand in files (" code { "--rules" } "): beside these, in place of one that is called the same, or saying that one is off." }
        (table.render(&ask.query))
    };
    Ok(Layout { ask, title: "Rules", source: None }.answer(body))
}

/// Why what stands in the files of rules is not in force; nothing where it is.
pub fn trouble(ask: &Ask<'_>) -> maud::Markup {
    let why = ask.hub.rules.trouble().filter(|_| ask.scope().is_whole());
    html! { @if let Some(why) = why {
        div.notice role="alert" { p { strong { "The rules of before are in force. " } "What stands in the files now cannot be used: " (t(&why)) "." } }
    } }
}
