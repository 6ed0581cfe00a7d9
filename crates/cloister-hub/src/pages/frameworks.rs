//! Frameworks and their requirements.

use cloister_assessment::{AssessedFramework, AssessedRequirement};
use cloister_report::html::marks::State;
use cloister_report::html::text::t;
use maud::html;

use super::layout::below;
use super::{in_source, parts};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::table::{Cell, Rows, Table, Want};

/// All frameworks.
pub fn all(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let cells = |one: &AssessedFramework| {
        vec![
            Cell::to(&*one.title, below(&known.source, &["frameworks", &one.name])),
            Cell::of(&*one.version),
            Cell::of(one.not_satisfied),
            Cell::of(one.not_evaluated),
            Cell::of(one.attested),
            Cell::of(one.satisfied),
        ]
    };
    let table = Table {
        name: "frameworks",
        caption: "Frameworks",
        columns: vec![
            ("Framework", "framework"),
            ("Version", "version"),
            ("Open", "notSatisfied"),
            ("Not evaluated", "notEvaluated"),
            ("Attested", "attested"),
            ("Held", "satisfied"),
        ],
        rows: Rows::of(&known.report.frameworks, Want::of_page(&ask.query), |one| (&*one.name).into(), cells)?,
    };
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Frameworks" }
        p.quiet { "Counted in requirements. What was not looked at counts neither as held nor as open." }
        (table.render(&ask.query))
    };
    Ok(in_source(ask, "Frameworks", body))
}

/// A table of requirements.
pub fn requirements(known: &Snapshot, all: &[&AssessedRequirement], want: Want<'_>) -> Result<Table, Problem> {
    let cells = |one: &&AssessedRequirement| {
        let state = State::of(one);
        vec![
            Cell::to(&*one.id, parts::requirement(&known.source, &one.framework, &one.id)),
            Cell::of(&*one.title),
            Cell::of(state.word()).shown(state.mark()),
            Cell::of(one.open),
            Cell::of(one.held),
            Cell::of(cloister_report::words::needs(&one.not_evaluated)),
            Cell::of(&*one.section),
            Cell::of(&*one.framework),
        ]
    };
    Ok(Table {
        name: "requirements",
        caption: "Requirements",
        columns: vec![
            ("Number", "id"),
            ("Requirement", "title"),
            ("State", "state"),
            ("Checks open", "open"),
            ("Checks held", "held"),
            ("Needs", "needs"),
            ("Section", "section"),
            ("Framework", "framework"),
        ],
        rows: Rows::of(all, want, |one| format!("{}/{}", one.framework, one.id).into(), cells)?,
    })
}

/// One framework.
pub fn one(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (known, name) = (ask.snapshot()?, ask.part("framework"));
    let found = known.report.frameworks.iter().find(|one| &*one.name == name);
    let framework = found.ok_or_else(|| Problem::missing("this framework was not assessed"))?;
    let all: Vec<&AssessedRequirement> = known.of_framework(name).collect();
    let table = requirements(&known, &all, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        p.crumbs { a href=(below(&known.source, &["frameworks"])) { "Frameworks" } }
        h1 { (t(&framework.title)) " " span.version { (t(&framework.version)) } }
        (table.render(&ask.query))
    };
    Ok(in_source(ask, &framework.title, body))
}
