//! What forms of a breach say. Whatever cannot be done, and whatever somebody else was faster with, is told with all that was
//! written, to be said again.

use cloister_breach::{Facts, Refusal};
use cloister_report::html::text::{sentence, t};
use maud::{Markup, html};

use super::super::layout::token;
use super::{address, alone, found, problem, who};
use crate::breaches::facts::{Field, GROUPS, Kind, WAS};
use crate::breaches::{Failed, Known, facts, steps};
use crate::http::{Answer, Ask, Problem, Query};

/// Takes a step.
pub fn step(ask: &Ask<'_>) -> Result<Answer, Problem> {
    changed(ask, |form, over, who| {
        let step = steps::written(form)?;
        ask.hub.step_breach(ask.part("breach"), over, step, who)
    })
}

/// Sets facts.
pub fn set_facts(ask: &Ask<'_>) -> Result<Answer, Problem> {
    to_facts(ask, facts::written)
}

/// Adds a measure, or says that one is done.
pub fn measure(ask: &Ask<'_>) -> Result<Answer, Problem> {
    to_facts(ask, steps::measured)
}

/// Corrects the severity.
pub fn correct(ask: &Ask<'_>) -> Result<Answer, Problem> {
    to_facts(ask, steps::corrected)
}

fn to_facts(ask: &Ask<'_>, set: fn(&Facts, &Query) -> Result<Facts, Refusal>) -> Result<Answer, Problem> {
    changed(ask, |form, over, who| ask.hub.set_facts(ask.part("breach"), over, who, |facts| set(facts, form)))
}

/// Answers proposals.
pub fn answer_proposals(ask: &Ask<'_>) -> Result<Answer, Problem> {
    changed(ask, |form, over, who| {
        let ids: Vec<String> = form.all("proposal").map(str::to_owned).collect();
        let confirm = match form.get("answer") {
            Some("confirm") => true,
            Some("reject") => false,
            _ => return ask.hub.look_again(ask.part("breach"), over, who),
        };
        ask.hub.answer_proposals(ask.part("breach"), over, (&ids, confirm), who)
    })
}

fn changed(
    ask: &Ask<'_>,
    change: impl FnOnce(&Query, Option<u64>, &str) -> Result<Known, Failed>,
) -> Result<Answer, Problem> {
    let form = ask.form()?;
    let version = form.get("version").and_then(|version| version.parse().ok());
    let over = version
        .ok_or_else(|| Problem::new(400, "the form does not say which version it is about: open the page again"))?;
    match change(&form, Some(over), &who(ask)?.name) {
        Ok(_) => Ok(Answer::see(&address(ask.part("breach")))),
        Err(Failed::Conflict(now)) => Ok(conflict(ask, &form, &now)),
        Err(Failed::Refused(why)) => {
            let now = found(ask)?;
            Ok(refused(ask, &form, (&now, &why)))
        }
        Err(failed) => Err(problem(&failed)),
    }
}

/// Somebody was faster: what they did, and what was written here.
fn conflict(ask: &Ask<'_>, form: &Query, now: &Known) -> Answer {
    let history = &now.record.breach.history;
    let body = html! {
        (crumbs(ask))
        h1 { "Somebody changed it meanwhile" }
        p { "Nothing of what you wrote is lost, and nothing of it is done yet. Look at what was done meanwhile, and say it again where it still holds." }
        section aria-labelledby="meanwhile" {
            h2 id="meanwhile" { "The last steps" }
            ol.lines { @for entry in history.iter().rev().take(3) {
                li { (cloister_breach::moment(entry.at)) ", " (t(&entry.who)) ": " (t(&entry.did.phrase())) @for words in entry.did.words() { ". " (t(words)) } }
            } }
        }
        (again(ask, form, now))
    };
    with_status(409, alone(ask, "Somebody changed it meanwhile", body))
}

fn refused(ask: &Ask<'_>, form: &Query, (now, why): (&Known, &Refusal)) -> Answer {
    let body = html! {
        (crumbs(ask))
        h1 { "This cannot be done" }
        p role="alert" { (sentence(&why.cause)) "." }
        p { "The way out: " (t(&why.help)) "." }
        (again(ask, form, now))
    };
    with_status(422, alone(ask, "This cannot be done", body))
}

fn with_status(status: u16, mut answer: Answer) -> Answer {
    *answer.0.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::CONFLICT);
    answer
}

fn crumbs(ask: &Ask<'_>) -> Markup {
    let number = ask.part("breach");
    html! { p.crumbs { a href="/breaches" { "Breaches" } " " a href=(address(number)) { (t(number)) } } }
}

/// The form once more, with all that was written.
fn again(ask: &Ask<'_>, form: &Query, now: &Known) -> Markup {
    let Some(who) = &ask.who else { return html! {} };
    html! {
        section aria-labelledby="again" {
            h2 id="again" { "What you wrote" }
            form.fields method="post" action=(ask.path) {
                (token(who))
                input type="hidden" name="version" value=(now.version);
                @for (name, value) in form.pairs().filter(|(name, _)| !["token-of-form", "version"].contains(name)) {
                    (written((form, now), name, value))
                }
                div.buttons { button { "Say it again" } " " a href=(address(ask.part("breach"))) { "Leave it" } }
            }
        }
    }
}

fn label(name: &str) -> &str {
    let field = GROUPS.iter().flat_map(|(_, fields)| *fields).find(|field| field.path == name);
    let words = [
        ("reason", "Reason"),
        ("delay", "Reasons for the delay"),
        ("authority", "Authority"),
        ("reference", "Reference"),
        ("at", "Since when, UTC"),
        ("channel", "How they are told"),
        ("what", "Measure"),
        ("people", "How many were reached"),
        ("endsHighRisk", "Why a high risk is no longer likely"),
    ];
    let known = words.into_iter().find(|(known, _)| *known == name).map(|(_, label)| label);
    field.map(|field: &Field| field.label).or(known).unwrap_or(name)
}

/// A field with what was written: what was chosen stays as it is, what was written can be changed.
fn written((form, now): (&Query, &Known), name: &str, value: &str) -> Markup {
    if name.starts_with(WAS) {
        return html! { input type="hidden" name=(name) value=(value); };
    }
    let field = GROUPS.iter().flat_map(|(_, fields)| *fields).find(|field| field.path == name);
    let chosen = field.is_some_and(|field| matches!(field.kind, Kind::Choice(_) | Kind::YesNo));
    let fixed =
        ["step", "answer", "extent", "exemption", "proposal", "status", "factor", "points", "done"].contains(&name);
    // What stands in a field now, where somebody else wrote into it, too.
    let now = field.map(|field| facts::shown(field, facts::at(&facts::to_value(&now.record.breach.spec), field.path)));
    let was = form.get(&format!("{WAS}{name}")).unwrap_or("").replace('\r', "");
    let other = now.filter(|now| *now != was && facts::is_written(form, name));
    html! {
        @if let Some(other) = other { p.hint { "Somebody else wrote into " (t(label(name))) ": " @if other.is_empty() { "nothing stands there now" } @else { strong { (t(&other)) } } } }
        @if field.is_some() && !facts::is_written(form, name) {
            input type="hidden" name=(name) value=(value);
        } @else if chosen || fixed {
            input type="hidden" name=(name) value=(value);
            @if !value.is_empty() && name != "proposal" { p { (t(label(name))) ": " strong { (t(value)) } } }
        } @else if value.is_empty() && field.is_some() {
            input type="hidden" name=(name) value="";
        } @else {
            label { (t(label(name))) textarea name=(name) maxlength="8000" { (value) } }
        }
    }
}
