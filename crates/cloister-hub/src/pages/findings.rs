//! All findings, narrowed by what stands in the address.

use std::sync::Arc;

use cloister_model::{PersonalData, Severity};
use cloister_report::words;
use maud::{Markup, html};

use super::{in_source, parts};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem, Query};
use crate::read::Finding;
use crate::search::words_of;
use crate::snapshot::Glance;
use crate::table::Want;

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let chosen = choose(&known, &ask.query)?;
    let table = parts::findings(&known.source, &chosen, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Findings " span.count { (words::thousands(chosen.len())) } }
        p.quiet { "The most personal data at risk first, then the gravest." }
        (filters(&known, &ask.query))
        (table.render(&ask.query))
    };
    Ok(in_source(ask, "Findings", body))
}

/// The findings that an address asks for.
pub fn choose<'k>(known: &'k Snapshot, query: &Query) -> Result<Vec<&'k Arc<Finding>>, Problem> {
    let severity = query.get("severity").map(str::parse::<Severity>).transpose();
    let severity = severity.map_err(|()| Problem::new(400, "severity is one of info, low, medium, high, critical"))?;
    let open = match query.get("state") {
        None | Some("all") => None,
        Some("open") => Some(true),
        Some("accepted") => Some(false),
        Some(_) => return Err(Problem::new(400, "state is open, accepted or all")),
    };
    let (namespace, check) = (query.get("namespace"), query.get("check"));
    let requirement = query.get("framework").map(|framework| (framework, query.get("requirement")));
    let level = level(query)?;
    let words = words_of(query.get("q").unwrap_or(""));
    let at_a_glance = |one: &Glance| {
        severity.is_none_or(|severity| one.severity == severity)
            && open.is_none_or(|open| one.is_open == open)
            && level.is_none_or(|level| one.level == level)
    };
    let fits = |one: &Finding| {
        namespace.is_none_or(|namespace| one.namespace() == namespace)
            && check.is_none_or(|check| &*one.check == check)
            && requirement.is_none_or(|(framework, id)| {
                one.requirements.iter().any(|one| &*one.framework == framework && id.is_none_or(|id| &*one.id == id))
            })
    };
    let chosen = |(glance, one): (&Glance, &'k Arc<Finding>)| (at_a_glance(glance) && fits(one)).then_some(one);
    if words.is_empty() {
        return Ok(known.glances().filter_map(chosen).collect());
    }
    let (mut all, mut passed) = (known.glances(), 0);
    let mut glance = |at: usize| all.nth(at - std::mem::replace(&mut passed, at + 1));
    Ok(known.search().findings.find(&words).filter_map(&mut glance).filter_map(chosen).collect())
}

/// The level that an address asks for.
pub fn level(query: &Query) -> Result<Option<PersonalData>, Problem> {
    let Some(asked) = query.get("data") else { return Ok(None) };
    let level = PersonalData::ALL.into_iter().find(|level| word(*level) == asked);
    let wrong = || Problem::new(400, format!("data is one of {}", PersonalData::ALL.map(word).join(", ")));
    level.map(Some).ok_or_else(wrong)
}

/// A level as addresses have it.
pub fn word(level: PersonalData) -> &'static str {
    match level {
        PersonalData::None => "none",
        PersonalData::Ordinary => "ordinary",
        PersonalData::LargeScale => "large-scale",
        PersonalData::Children => "children",
        PersonalData::Special => "special",
    }
}

fn filters(known: &Snapshot, query: &Query) -> Markup {
    let severities = Severity::ALL.into_iter().rev().map(|one| (one.as_str().to_owned(), one.as_str().to_owned()));
    let levels =
        PersonalData::ALL.into_iter().rev().map(|one| (word(one).to_owned(), words::personal_data(one).to_owned()));
    let namespaces =
        known.namespaces.keys().filter(|one| !one.is_empty()).map(|one| (one.to_string(), one.to_string()));
    let states = ["open", "accepted"].map(|one| (one.to_owned(), one.to_owned()));
    html! {
        form.filters {
            (select("severity", "Severity", severities, query))
            (select("state", "State", states.into_iter(), query))
            (select("data", "Personal data", levels, query))
            (select("namespace", "Namespace", namespaces, query))
            label { "Words" input type="search" name="q" value=(query.get("q").unwrap_or("")); }
            @for kept in ["check", "framework", "requirement"] { @if let Some(value) = query.get(kept) { input type="hidden" name=(kept) value=(value); } }
            button { "Narrow" }
            @if !query.with("after", "").is_empty() { a href="?" { "All" } }
        }
    }
}

/// A choice of values in a form.
pub fn select(name: &str, title: &str, values: impl Iterator<Item = (String, String)>, query: &Query) -> Markup {
    let chosen = query.get(name);
    html! {
        label { (title)
            select name=(name) {
                option value="" { "any" }
                @for (value, shown) in values { option value=(value) selected[chosen == Some(&value)] { (cloister_report::html::text::t(&shown)) } }
            }
        }
    }
}
