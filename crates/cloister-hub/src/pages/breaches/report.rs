//! Somebody reports that a breach is suspected.

use cloister_breach::Facts;
use cloister_breach::facts::{Occurred, Source};
use cloister_report::html::text::t;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::layout::{may, token};
use super::{address, alone, may_read, problem, stored, who};
use crate::breaches::{self, Known, Record};
use crate::detections::{By, Detection};
use crate::http::{Answer, Ask, Problem, segment};
use crate::pages::detections;
use crate::who::Who;
use crate::who::role::Right;

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let [source, id] = ["source", "detection"].map(|name| ask.query.get(name).unwrap_or_default());
    let shown = detection(ask, source, id)?;
    let body = html! {
        @if may_read(ask) { p.crumbs { a href="/breaches" { "Breaches" } } }
        h1 { "Report a breach" }
        @if let Some(number) = ask.query.get("reported") {
            p.done role="status" { "Reported as " strong { (t(number)) } ". The data protection officer sees it, and goes on from here." }
        }
        p { "Data was lost, altered, or may have come to somebody who should not have it: report it now, also when you are not certain. Nothing is notified by this, and no clock begins." }
        (form(ask, may(ask, Right::ReportBreach).as_ref(), shown.as_ref()))
    };
    Ok(alone(ask, "Report a breach", body))
}

/// The detection that is meant, where one is, and whoever asks may read it.
fn detection(ask: &Ask<'_>, source: &str, id: &str) -> Result<Option<Detection>, Problem> {
    let may = ask.who.as_ref().is_some_and(|who| who.may(Right::ReadDetections));
    if !may || id.is_empty() {
        return Ok(None);
    }
    crate::detections::one(&*ask.hub.store, source, id).map_err(|why| stored(&why))
}

/// What a detection fills in: title, how it is known, namespace, time.
fn filled(shown: Option<&Detection>) -> (&str, Source, &str, String) {
    let Some(one) = shown else { return ("", Source::Employee, "", String::new()) };
    let known = if one.by == By::Audit { Source::Audit } else { Source::Sensor };
    let at = one.seen.at.unwrap_or(one.noticed).strftime("%Y-%m-%dT%H:%M").to_string();
    (&one.seen.title, known, &one.seen.what.namespace, at)
}

fn form(ask: &Ask<'_>, who: Option<&Who>, shown: Option<&Detection>) -> Markup {
    let Some(who) = who else { return html! { p.quiet { "Sign in with a browser to report one here." } } };
    let mut names = ask.sources();
    names.extend(shown.map(|one| one.source.as_str().into()).filter(|name| !names.contains(name)));
    let (title, known, namespace, at) = filled(shown);
    let is_meant = |name: &str| shown.map_or(names.len() == 1, |one| one.source == name);
    html! {
        form.fields method="post" action="/breaches" {
            (token(who))
            @if let Some(one) = shown {
                p { "With it goes what was detected: " a href=(detections::address(&one.source, &one.id)) { (t(&one.seen.title)) } }
                input type="hidden" name="detection" value=(one.id);
            }
            label { "What happened" span.hint { "In a few words, without naming anybody." } input name="title" required minlength="3" maxlength="200" value=(title); }
            label { "What makes you suspect a breach" textarea name="reason" required minlength="10" maxlength="2000" {} }
            label { "How you know" select name="suspicion" {
                @for one in Source::ALL { option value=(one.as_str()) selected[*one == known] { (one.meaning()) } }
            } }
            label { "Where" span.hint { "The cluster or folder that it is about." } select name="source" {
                option value="" { "not known" }
                @for name in &names { option value=(name) selected[is_meant(name)] { (t(name)) } }
            } }
            label { "Namespace" span.hint { "Where it is known: what is affected is then proposed from the register." } input name="namespace" maxlength="63" value=(namespace); }
            label { "When it happened" span.hint { "UTC, as far as it is known." } input type="datetime-local" name="occurred" value=(at); }
            div { button { "Report" } }
        }
    }
}

/// What somebody reports.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// What happened, in a few words.
    pub title: String,
    /// What makes them suspect a breach.
    pub reason: String,
    /// How they know.
    pub suspicion: Option<Source>,
    /// The source that it is about.
    pub source: String,
    /// The namespace.
    pub namespace: String,
    /// When it happened.
    pub occurred: Option<Timestamp>,
    /// The detection of that source that shows it, by its id.
    pub detection: String,
}

/// Opens one by hand.
pub fn report(ask: &Ask<'_>, report: &Report) -> Result<Known, Problem> {
    let wrong = |why: String| Problem::new(422, why);
    let title = crate::decisions::text(&report.title, 3, "what happened").map_err(wrong)?;
    let reason = crate::decisions::text(&report.reason, 10, "the reason").map_err(wrong)?;
    let source = report.source.trim();
    if !source.is_empty() && ask.state(source).is_err() && !ask.hub.ingest.is_known(source) {
        return Err(wrong("there is no such source: leave it out, or take one that the hub knows".to_owned()));
    }
    let shown = detection(ask, source, report.detection.trim())?;
    if shown.is_none() && !report.detection.trim().is_empty() {
        return Err(wrong("there is no such detection in this source, or it is not yours to read: leave it out, or take one of the list of detections".to_owned()));
    }
    let mut spec = breaches::ours(ask.hub, source, Facts { title, ..Facts::default() });
    spec.suspicion.source = report.suspicion.or(Some(Source::Employee));
    spec.occurred = report.occurred.map(|from| Occurred { from: Some(from), to: None });
    let mut record = Record::new(breaches::unnumbered(spec), source);
    let namespace = breaches::facts::line(&report.namespace);
    record.namespaces.extend(Some(namespace).filter(|name| !name.is_empty()));
    record.seen = report.occurred.map(|at| (at, at));
    shown.iter().for_each(|one| breaches::add(&mut record, one));
    ask.hub.open_breach(&who(ask)?.name, &reason, record).map_err(|failed| problem(&failed))
}

/// The same from the form.
pub fn reported(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let sent = ask.form()?;
    let text = |name: &str| sent.get(name).unwrap_or("").to_owned();
    let wrong = |what: &str| Problem::new(422, format!("{what} is not as it should be: choose it in the form"));
    let suspicion = sent.get("suspicion").map(str::parse::<Source>).transpose().map_err(|_| wrong("how you know"))?;
    let occurred = sent.get("occurred").map(|text| breaches::facts::moment(text).ok_or_else(|| wrong("the time")));
    let (title, reason, source, namespace) = (text("title"), text("reason"), text("source"), text("namespace"));
    let detection = text("detection");
    let said = Report { title, reason, suspicion, source, namespace, occurred: occurred.transpose()?, detection };
    let known = report(ask, &said)?;
    if may_read(ask) {
        return Ok(Answer::see(&address(known.number())));
    }
    Ok(Answer::see(&format!("/breaches/new?reported={}", segment(known.number()))))
}
