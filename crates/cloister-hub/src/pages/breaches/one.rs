//! One breach: its clock, what is to be done, what is missing, how severe it is, whom to tell, what was done.

use cloister_breach::decision::{Answer as Decided, Reason};
use cloister_breach::draft::Kind;
use cloister_breach::facts::MeasureStatus;
use cloister_breach::severity::assess;
use cloister_breach::{Breach, Decisions, Phase, Severity, State, decide, moment};
use cloister_report::html::text::t;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::layout::{below, may};
use super::forms::{Pen, named};
use super::{address, alone, found, left};
use crate::breaches::facts::{GROUPS, Kind as Field, at, to_value};
use crate::breaches::{Known, Record};
use crate::http::{Answer, Ask, Problem};
use crate::who::role::Right;

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (known, now) = (found(ask)?, Timestamp::now());
    let breach = &known.record.breach;
    let state = breach.state().map_err(|fault| Problem::new(503, format!("{fault}: {}", fault.help)))?;
    let who = may(ask, Right::Breaches);
    let pen = who.as_ref().map(|who| Pen { who, known: &known });
    let open = matches!(state.phase, Phase::Suspected | Phase::Aware);
    let writing = pen.filter(|_| open);
    let (severity, decisions) = (assess(&breach.spec), decide(&breach.spec));
    let title = format!("{}: {}", known.number(), breach.spec.title);
    let body = html! {
        p.crumbs { a href="/breaches" { "Breaches" } }
        h1 { (t(&title)) }
        (standing(&known.record, &state, now))
        @if state.phase != Phase::Erased {
            section aria-labelledby="next" {
                h2 id="next" { "What comes next" }
                @if !state.left_to_do().is_empty() { ul { @for one in state.left_to_do() { li { (one) } } } }
                @if let Some(pen) = &pen { (pen.steps(&state, now)) }
            }
            (missing(breach))
            section aria-labelledby="proposed" {
                h2 id="proposed" { "Proposed, to be confirmed" }
                p.quiet { "From the register, from what stands open around the store, from audit and sensor evidence of the time in question. Nothing of it holds before somebody says so." }
                @if let Some(pen) = &writing { (pen.proposals()) }
                (answered(&known.record))
            }
            (score(&severity, writing.as_ref()))
            (whom(&decisions))
            section aria-labelledby="facts" {
                h2 id="facts" { "Facts" }
                (facts(breach))
                @if let Some(pen) = &writing { (pen.facts()) }
            }
            section aria-labelledby="measures" {
                h2 id="measures" { "Measures, Art. 33(3)(d)" }
                (measures(breach))
                @if let Some(pen) = &writing { (pen.measures()) }
            }
            (evidence(&known.record))
        }
        (drafts(&known))
        (timeline(breach))
    };
    Ok(alone(ask, &title, body))
}

/// How far it is, and the clock.
fn standing(record: &Record, state: &State, now: Timestamp) -> Markup {
    html! {
        p.facts { span.label { (state.phase.as_str()) } " " (state.phase.meaning()) }
        @if let Some(clock) = state.clock {
            div.clock {
                @if state.running().is_some() { p.big { (left(&clock, now)) } } @else { p.big { "The clock stands" small { @if !state.notified.is_empty() { ": the authority was notified" } @else if state.notify == Some(false) { ": not to be notified" } } } }
                dl {
                    dt { "Aware since" } dd { (moment(clock.aware)) }
                    dt { "72 hours" } dd { (moment(clock.due)) ", plan for this" }
                    dt { "The period ends" } dd { (moment(clock.ends)) ", as Regulation 1182/71 counts hours; later, the notification says why" }
                    @if let (Some(_), Some(alarm)) = (state.running(), cloister_breach::clock::ALARMS.into_iter().find(|hours| clock.alarm(*hours) > now)) {
                        dt { "Next alarm" } dd { (moment(clock.alarm(alarm))) ", after " (alarm) " hours" }
                    }
                }
            }
        }
        p.where {
            @if !record.source.is_empty() { "Source " a href=(format!("/sources/{}", crate::http::segment(&record.source))) { (t(&record.source)) } ". " }
            @for (index, name) in record.namespaces.iter().enumerate() {
                @if index > 0 { ", " } @else { "Namespace " }
                @if record.source.is_empty() { (t(name)) } @else { a href=(below(&record.source, &["namespaces", name])) { (t(name)) } }
            }
        }
    }
}

/// What a complete notification lacks, by point of Art. 33(3).
fn missing(breach: &Breach) -> Markup {
    let missing = breach.spec.missing();
    let points = [
        ("Art. 33(3)(a)", "nature, categories and numbers"),
        ("Art. 33(3)(b)", "who knows more"),
        ("Art. 33(3)(c)", "likely consequences"),
        ("Art. 33(3)(d)", "measures"),
    ];
    html! {
        section aria-labelledby="missing" {
            h2 id="missing" { "What a complete notification lacks" }
            ul.lines { @for (point, about) in points {
                @let lacks: Vec<_> = missing.iter().filter(|(_, why)| why.starts_with(point)).collect();
                li {
                    strong { (point) } ", " (about) ": "
                    @if lacks.is_empty() { span.ok { "complete" } } @else {
                        span.bad { "missing" } " "
                        @for (index, (field, why)) in lacks.iter().enumerate() {
                            @if index > 0 { "; " }
                            (why.trim_start_matches(point).trim_start_matches([',', ' '])) " (" (named(field.trim_start_matches("spec."))) ")"
                        }
                    }
                }
            } }
            @if !missing.is_empty() { p.quiet { "What is not known yet may follow in phases, Art. 33(4)." } }
        }
    }
}

fn answered(record: &Record) -> Markup {
    let all: Vec<_> = record.proposals.iter().filter(|one| one.confirmed.is_some()).collect();
    html! { @if !all.is_empty() { details { summary { "Answered (" (all.len()) ")" } ul { @for one in all {
        li { @if one.confirmed == Some(true) { "confirmed" } @else { "not so" } ": " (named(&one.field)) " " (t(&one.shown))
            @if let Some((who, when)) = &one.by { span.where { " by " (t(who)) ", " (moment(*when)) } } }
    } } } } }
}

fn score(severity: &Severity, pen: Option<&Pen<'_>>) -> Markup {
    html! {
        section aria-labelledby="severity" {
            h2 id="severity" { "Severity: " (severity.level.phrase()) " (" (severity.score) ")" }
            p.quiet { "By ENISA's method: context × ease of identification + circumstances. It ranks; whom to tell is decided below." }
            div.scroll tabindex="0" role="region" aria-label="Table: factors of severity" { table.rows {
                caption.hidden { "Factors of severity" }
                thead { tr { th scope="col" { "Factor" } th scope="col" { "Points" } th scope="col" { "Why" } } }
                tbody { @for one in &severity.factors { tr {
                    td data-title="Factor" { (one.factor.as_str()) span.where { ": " (one.factor.meaning()) } }
                    td.number data-title="Points" { (one.points) }
                    td data-title="Why" { @if one.overridden { span.label { "set by a person" } " " } (t(&one.why.join(" "))) }
                } } }
            } }
            @for why in &severity.why { p { (t(why)) } }
            @if let Some(pen) = pen { (pen.correct()) }
        }
    }
}

fn sourced(reason: &Reason) -> Markup {
    html! { (t(&reason.text)) " " span.quiet { "(" (reason.sources.join("; ")) ")" } }
}

fn told(whom: &str, answer: &Decided) -> Markup {
    html! { dt { (whom) } dd { strong { @if answer.yes { "yes" } @else { "no" } } ". " @for one in &answer.why { (sourced(one)) " " } } }
}

fn whom(decisions: &Decisions) -> Markup {
    html! {
        section aria-labelledby="whom" {
            h2 id="whom" { "Whom to tell: " (decisions.risk.meaning()) }
            p.quiet { "What the rule comes to by the facts as they stand. Who decides otherwise does so by a step, with the reason." }
            dl { (told("Authority, Art. 33(1)", &decisions.notify)) (told("Data subjects, Art. 34(1)", &decisions.communicate)) }
            @if !decisions.reasoning.is_empty() { details { summary { "How the risk was judged" } ul { @for one in &decisions.reasoning { li { (sourced(one)) } } } } }
            @if !decisions.open.is_empty() {
                h3 { "Not known yet, and could change this" }
                ul { @for (_, question) in &decisions.open { li { (question) } } }
            }
        }
    }
}

/// What is said; what nobody has said is left out.
fn facts(breach: &Breach) -> Markup {
    let all = to_value(&breach.spec);
    html! { @for (title, fields) in GROUPS {
        @let said: Vec<_> = fields.iter().filter(|one| !at(&all, one.path).is_null()).collect();
        @if !said.is_empty() { h3 { (title) } dl { @for one in said {
            dt { (one.label) } dd { (shown(one.kind, at(&all, one.path))) }
        } } }
    } }
}

fn shown(kind: Field, value: &serde_json::Value) -> Markup {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    html! { @match (kind, value) {
        (Field::YesNo, value) => { @if value == &serde_json::Value::Bool(true) { "yes" } @else { "no" } }
        (Field::Choice(words), _) => { (words().into_iter().find(|(word, _)| *word == text).map_or(text.clone(), |(_, meaning)| meaning.to_owned())) }
        (Field::Time, _) => { (text.parse::<Timestamp>().map_or(text.clone(), moment)) }
        (_, serde_json::Value::Array(all)) => { (t(&all.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join(", "))) }
        _ => { (t(&text)) }
    } }
}

fn measures(breach: &Breach) -> Markup {
    let all = &breach.spec.measures;
    html! {
        @if all.is_empty() { p.quiet { "None yet." } }
        ul { @for one in all { li {
            span.label { @if one.status == MeasureStatus::Taken { "done" } @else { "to do" } } " " (t(&one.what))
            @if let Some(at) = one.at { span.where { (moment(at)) } }
            @if !one.ends_high_risk.is_empty() { span.where { "A high risk is no longer likely: " (t(&one.ends_high_risk)) } }
        } } }
    }
}

fn evidence(record: &Record) -> Markup {
    let all = &record.breach.spec.suspicion.evidence;
    html! { @if !all.is_empty() {
        section aria-labelledby="evidence" {
            h2 id="evidence" { "Evidence" }
            ul { @for one in all { li {
                (t(&one.what)) " "
                span.where {
                    @if let Some(at) = one.at { (moment(at)) " " }
                    @match one.reference.split_once(' ') {
                        Some(("detection", id)) if !record.source.is_empty() => { a href=(below(&record.source, &["detections", id])) { "the detection" } }
                        Some(("finding", id)) if !record.source.is_empty() => { a href=(below(&record.source, &["findings", id])) { "the finding" } }
                        _ => { (t(&one.reference)) }
                    }
                }
            } } }
            @if record.detections.len() > all.len() { p.quiet { (record.detections.len()) " detections belong to it." } }
        }
    } }
}

fn drafts(known: &Known) -> Markup {
    html! {
        section aria-labelledby="drafts" {
            h2 id="drafts" { "Drafts" }
            ul { @for kind in Kind::ALL {
                @let place = format!("{}/drafts/{}", address(known.number()), kind.as_str());
                li { a href=(place) { (kind.as_str()) } ", " (kind.meaning()) }
            } }
        }
    }
}

fn timeline(breach: &Breach) -> Markup {
    html! {
        section aria-labelledby="timeline" {
            h2 id="timeline" { "Timeline" }
            ol.timeline { @for entry in breach.history.iter().rev() { li {
                p.when { time datetime=(entry.at.to_string()) { (moment(entry.at)) } ", " (t(&entry.who)) }
                p { strong { (t(&entry.did.phrase())) } @for words in entry.did.words() { " " span.why { (t(words)) } } }
            } } }
        }
    }
}
