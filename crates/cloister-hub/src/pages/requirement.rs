//! One requirement: what stands behind its state, and who attests it.

use cloister_assessment::{AssessedRequirement, AttestedBy, Gap};
use cloister_report::html::marks::State;
use cloister_report::html::text::{sentence, t};
use maud::{Markup, html};

use super::layout::{below, may, token};
use super::{in_source, parts};
use crate::Snapshot;
use crate::decisions::{self, What};
use crate::http::{Answer, Ask, Problem};
use crate::read::Finding;
use crate::table::Want;
use crate::who::role::Right;

fn found<'k>(ask: &Ask<'_>, known: &'k Snapshot) -> Result<&'k AssessedRequirement, Problem> {
    let found = known.requirement(ask.part("framework"), ask.part("requirement"));
    found.ok_or_else(|| Problem::missing("there is no such requirement in what was assessed"))
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let one = found(ask, &known)?;
    let against: Vec<&Finding> = one.findings.iter().filter_map(|id| known.finding(id)).collect();
    let table = parts::findings(&known.source, &against, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let title = format!("{} {}", one.id, one.title);
    let body = html! {
        (head(&known, one))
        @if let Some(attested) = &one.attested { (statement(attested)) }
        section aria-labelledby="against" { h2 id="against" { "Findings" } (table.render(&ask.query)) }
        (super::reports::of_requirement(ask, (&one.framework, &one.id))?)
        @if !one.not_evaluated.is_empty() { section aria-labelledby="gaps" {
            h2 id="gaps" { "Not looked at" }
            ul { @for gap in &one.not_evaluated { li { (told(gap)) } } }
        } }
        (form(ask, one))
    };
    Ok(in_source(ask, &title, body))
}

fn head(known: &Snapshot, one: &AssessedRequirement) -> Markup {
    let framework = known.report.frameworks.iter().find(|framework| framework.name == one.framework);
    let explains = cloister_frameworks::by_name(&one.framework)
        .and_then(|framework| framework.requirements.iter().find(|known| known.id == one.id))
        .map(|known| &*known.explains);
    html! {
        p.crumbs {
            a href=(below(&known.source, &["frameworks"])) { "Frameworks" } " › "
            a href=(below(&known.source, &["frameworks", &one.framework])) { (t(framework.map_or(&*one.framework, |one| &*one.title))) }
        }
        h1 { (t(&one.id)) " " (t(&one.title)) }
        p.facts { (State::of(one).mark()) span.quiet { (one.open) " open, " (one.held) " held" @if let Some(coverage) = one.coverage { "; " (coverage) " % of the evidence was looked at" } } }
        @if let Some(explains) = explains { p.explains { (sentence(explains)) } }
    }
}

fn statement(one: &AttestedBy) -> Markup {
    html! {
        blockquote {
            p { (t(&one.statement)) }
            footer {
                "Attested by " (t(&one.author)) " on " (t(&one.date))
                @if let Some(expires) = &one.expires { ", until " (t(expires)) }
                @if let Some(evidence) = &one.evidence { ". Evidence: " (t(evidence)) }
            }
        }
    }
}

fn told(gap: &Gap) -> Markup {
    html! { (sentence(&gap.reason)) " " span.needs { (t(&gap.needs.replace('-', " "))) } " " span.quiet { (sentence(&gap.answer)) } }
}

fn form(ask: &Ask<'_>, one: &AssessedRequirement) -> Markup {
    let Some(who) = may(ask, Right::Attest) else { return html! {} };
    html! {
        section aria-labelledby="attest" {
            h2 id="attest" { "Attest it" }
            @if let Some(question) = &one.question { p { (t(question)) } }
            form.fields method="post" action=(format!("{}/attestations", ask.path)) {
                (token(&who))
                label { "What you state" span.hint { "What is done, so that somebody else can check it. It stands in the record, with your name." }
                    textarea name="statement" required minlength="20" maxlength=(decisions::LONGEST) {} }
                label { "Where the evidence is found" input name="evidence" maxlength="500"; }
                label { "Until" span.hint { "The last day on which it holds." } input type="date" name="expires" required; }
                div { button { "Attest" } }
            }
        }
    }
}

/// Attests.
pub fn attest(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let sent = ask.form()?;
    let known = ask.snapshot()?;
    let one = found(ask, &known)?;
    decide(ask, (&one.framework, &one.id), (sent.get("statement"), sent.get("expires"), sent.get("evidence")))?;
    Ok(Answer::see(&below(&known.source, &["decisions"])))
}

/// The same from the API.
pub fn decide(
    ask: &Ask<'_>,
    (framework, id): (&str, &str),
    (statement, expires, evidence): (Option<&str>, Option<&str>, Option<&str>),
) -> Result<decisions::Decision, Problem> {
    let wrong = |why: String| Problem::new(422, why);
    let who = ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))?;
    let statement = decisions::text(statement.unwrap_or(""), 20, "the statement").map_err(wrong)?;
    let today = jiff::Zoned::now().date();
    let expires = decisions::last_day(expires.unwrap_or(""), today).map_err(wrong)?;
    let evidence = evidence.map(|text| decisions::text(text, 1, "the evidence")).transpose().map_err(wrong)?;
    let what = What::Attestation { framework: framework.to_owned(), requirement: id.to_owned(), evidence };
    ask.hub.decide(ask.part("source"), what, (statement, expires), who).map_err(|why| why.problem())
}
