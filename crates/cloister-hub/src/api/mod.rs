//! The API: what pages show, for programs; with the same rights.

pub mod alerts;
pub mod breaches;
pub mod ingest;
pub mod openapi;
pub mod questions;
pub mod scanners;
mod schemas;
mod tag;

use cloister_assessment::AssessedRequirement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Answer, Ask, Problem};
use crate::pages;
use crate::table::{Table, Want};
use crate::who::role::{Right, Role};
use crate::{Snapshot, evidence};

/// Who asks.
pub fn me(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let who = ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))?;
    let rights = [
        Right::Read,
        Right::ReadRecord,
        Right::ReadPeople,
        Right::ReadDetections,
        Right::Accept,
        Right::Attest,
        Right::Alarm,
        Right::HandIn,
        Right::SendEvents,
        Right::SendFindings,
        Right::SendReports,
        Right::Breaches,
        Right::ReportBreach,
    ];
    let may: Vec<String> =
        rights.into_iter().filter(|right| who.may(*right)).map(|right| format!("{right:?}")).collect();
    let namespaces = (!who.scope.is_whole()).then(|| who.scope.to_string());
    Ok(Answer::json(&json!({"name": who.name, "role": who.role.as_str(), "may": may, "namespaces": namespaces})))
}

/// One's own sessions.
pub fn sessions(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = pages::sessions::table_of(ask, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}

/// Ends all of them.
pub fn end_sessions(ask: &Ask<'_>) -> Result<Answer, Problem> {
    pages::sessions::ended_all(ask).map(|ended| Answer::json(&json!({"ended": ended})))
}

/// Ends one of them.
pub fn end_session(ask: &Ask<'_>) -> Result<Answer, Problem> {
    pages::sessions::ended_one(ask).map(|()| Answer::json(&json!({"ended": 1})))
}

/// A part of a table, with the way to the next.
fn listed(ask: &Ask<'_>, tag: &str, table: &Table) -> Answer {
    let next = table.rows.next.as_deref();
    tag::answer(ask, tag, || {
        let answer = Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": next}));
        match next {
            Some(next) => {
                let link = format!("<{}?{}>; rel=\"next\"", ask.path, ask.query.with("cursor", next));
                answer.with(http::header::LINK, &link)
            }
            None => answer,
        }
    })
}

fn numbers(known: &Snapshot) -> Value {
    let report = &known.report;
    // What cannot be counted in a part is not told of it.
    let subject = match known.limited() {
        None => json!(report.subject),
        Some(within) => json!({
            "title": report.subject.title, "resources": report.subject.resources, "register": report.subject.register,
            "namespaces": within.iter().collect::<Vec<_>>(),
        }),
    };
    json!({
        "name": &*known.source, "assessedAt": report.assessed_at, "digest": known.digest, "version": report.version,
        "subject": subject, "summary": report.summary, "frameworks": report.frameworks,
    })
}

/// All sources.
pub fn sources(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let items: Vec<Value> = ask
        .sources()
        .iter()
        .map(|name| match ask.known(name) {
            Some(known) => numbers(&known),
            None => json!({"name": &**name, "assessedAt": null}),
        })
        .collect();
    Ok(Answer::json(&json!({"items": items, "total": items.len(), "next": null})))
}

/// One source.
pub fn source(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    Ok(tag::answer(ask, &known.digest, || {
        let mut said = numbers(&known);
        if let Some(fields) = said.as_object_mut() {
            fields.insert("advice".to_owned(), json!(known.report.advice));
        }
        Answer::json(&said)
    }))
}

/// Runs, the newest first.
pub fn runs(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let mut runs = ask.runs(&known.source);
    runs.reverse();
    let table = pages::history::table_of(&runs, Want::of_api(&ask.query)?)?;
    Ok(listed(ask, &known.digest, &table))
}

/// Takes what an agent hands in: each for the source of its own name.
pub fn hand_in(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (source, who) = (ask.part("source"), ask.who.as_ref());
    let own = who.is_some_and(|who| who.role == Role::Admin || who.name == source);
    if !own {
        return Err(Problem::new(403, "an agent hands in for the source that is called like it"));
    }
    if !is_name(source) {
        return Err(Problem::new(
            422,
            "a source's name is 1 to 63 small letters, digits, dots and hyphens, and begins with a letter or digit",
        ));
    }
    let kind = ask.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !kind.starts_with("application/json") {
        return Err(Problem::new(415, "an assessment is sent as application/json"));
    }
    let new = ask.hub.hand_in(source, &ask.body).map_err(|refused| refused.problem())?;
    let known = ask.known(source);
    let said = json!({"source": source, "new": new, "digest": known.map(|known| known.digest.clone())});
    Ok(Answer::new(if new { 201 } else { 200 }, "application/json", said.to_string()))
}

/// Whether it may name a source.
pub fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 63
        && name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || b".-".contains(&byte))
}

/// Findings.
pub fn findings(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let chosen = pages::findings::choose(&known, &ask.query)?;
    let table = pages::parts::findings(&known.source, &chosen, Want::of_api(&ask.query)?)?;
    Ok(listed(ask, &known.digest, &table))
}

/// One finding.
pub fn finding(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let found = known.finding(ask.part("finding")).ok_or_else(|| Problem::missing("there is no such finding now"))?;
    Ok(tag::answer(ask, &known.digest, || Answer::json(found)))
}

/// What happened to a finding, the last first; of one that is gone, too.
pub fn finding_history(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let history = pages::finding::history(ask)?.ok_or_else(|| Problem::missing("there never was such a finding"))?;
    let table = history.table(Want::of_api(&ask.query)?)?;
    let next = table.rows.next.as_deref();
    Ok(Answer::json(&json!({
        "items": table.json(), "total": table.rows.all, "next": next, "firstSeen": history.record.first_seen,
        "since": history.record.since, "returns": history.record.returns, "resolved": history.record.resolved,
    })))
}

/// Rules over audit events.
pub fn rules(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = pages::rules::table_of(ask, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}

/// What was detected.
pub fn detections(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = pages::detections::table_of(ask, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}

/// One detection.
pub fn detection(ask: &Ask<'_>) -> Result<Answer, Problem> {
    Ok(Answer::json(&pages::detections::found(ask)?))
}

/// Numbers for Prometheus: for programs on this machine, and for whoever may read. Behind a proxy everybody seems to come
/// from this machine, and needs a token.
pub fn metrics(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let may_read = ask.who.as_ref().is_some_and(|who| who.may(Right::ReadRecord));
    let is_near = ask.who.is_none() && ask.from.is_loopback() && !ask.hub.config.proxied;
    if !may_read && !is_near {
        let why = format!(
            "from another machine this takes a token of one of: {}, not limited to namespaces",
            Right::ReadRecord.roles()
        );
        return Err(Problem::new(401, why));
    }
    Ok(Answer::new(200, "text/plain; version=0.0.4; charset=utf-8", crate::numbers::text(ask.hub)))
}

/// Requirements, of one framework where it is named.
pub fn requirements(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let framework = ask.query.get("framework");
    let all: Vec<&AssessedRequirement> =
        known.report.requirements.iter().filter(|one| framework.is_none_or(|name| &*one.framework == name)).collect();
    let table = pages::frameworks::requirements(&known, &all, Want::of_api(&ask.query)?)?;
    Ok(listed(ask, &known.digest, &table))
}

/// One requirement.
pub fn requirement(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let found = known.requirement(ask.part("framework"), ask.part("requirement"));
    let found = found.ok_or_else(|| Problem::missing("there is no such requirement in what was assessed"))?;
    Ok(tag::answer(ask, &known.digest, || Answer::json(found)))
}

/// Checks.
pub fn checks(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    Ok(listed(ask, &known.digest, &pages::checks::table_of(&known, Want::of_api(&ask.query)?)?))
}

/// Namespaces.
pub fn namespaces(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    Ok(listed(ask, &known.digest, &pages::places::namespaces_of(&known, Want::of_api(&ask.query)?)?))
}

/// Resources.
pub fn resources(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let table = pages::places::resources_of(&known, ask.query.get("namespace"), Want::of_api(&ask.query)?)?;
    Ok(listed(ask, &known.digest, &table))
}

/// Decisions.
pub fn decisions(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let source = ask.part("source");
    let all = ask.decisions(source)?;
    let table = pages::decisions::table_of(ask, source, &all, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}

/// A small JSON document that was sent.
fn sent<'b, T: Deserialize<'b>>(ask: &'b Ask<'_>) -> Result<T, Problem> {
    let cause = |error: serde_json::Error| {
        let form =
            if error.is_data() { "a field is missing, unknown, or not of its form" } else { "the body is no JSON" };
        Problem::new(400, format!("line {}, column {}: {form}", error.line(), error.column()))
    };
    serde_json::from_slice(&ask.body).map_err(cause)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToAccept {
    finding: String,
    reason: String,
    expires: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToAttest {
    framework: String,
    requirement: String,
    statement: String,
    evidence: Option<String>,
    expires: String,
}

fn created(decision: &crate::decisions::Decision) -> Answer {
    Answer::new(201, "application/json", serde_json::to_vec(decision).unwrap_or_default())
}

/// Accepts a finding.
pub fn accept(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let asked: ToAccept = sent(ask)?;
    let known = ask.snapshot()?;
    let found = known.finding(&asked.finding).ok_or_else(|| Problem::missing("there is no such finding now"))?;
    let decision = pages::finding::decide(ask, found, (Some(&asked.reason), Some(&asked.expires)))?;
    Ok(created(&decision))
}

/// Attests a requirement.
pub fn attest(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let asked: ToAttest = sent(ask)?;
    let known = ask.snapshot()?;
    let found = known.requirement(&asked.framework, &asked.requirement);
    let found = found.ok_or_else(|| Problem::missing("there is no such requirement in what was assessed"))?;
    let said = (Some(&*asked.statement), Some(&*asked.expires), asked.evidence.as_deref());
    let decision = pages::requirement::decide(ask, (&found.framework, &found.id), said)?;
    Ok(created(&decision))
}

/// Takes an exception back; the reason stands in the address.
pub fn withdraw_exception(ask: &Ask<'_>) -> Result<Answer, Problem> {
    pages::decisions::withdraw(ask, true, ask.query.get("reason")).map(|decision| Answer::json(&decision))
}

/// Takes an attestation back.
pub fn withdraw_attestation(ask: &Ask<'_>) -> Result<Answer, Problem> {
    pages::decisions::withdraw(ask, false, ask.query.get("reason")).map(|decision| Answer::json(&decision))
}

/// Entries of the log.
pub fn evidence(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let log = pages::evidence::log(ask)?;
    let table = pages::evidence::table_of(log, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}

/// One entry with its proof.
pub fn entry(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let shown = pages::evidence::found(ask)?;
    let proof: Vec<String> = shown.proof.iter().map(ToString::to_string).collect();
    let may = ask.who.as_ref().is_some_and(|who| who.may(Right::ReadPeople));
    let said = match shown.said {
        evidence::Said::This(value) if may => value,
        _ => Value::Null,
    };
    Ok(Answer::json(&json!({
        "entry": shown.index, "kind": shown.record.kind, "at": shown.record.time.to_string(),
        "commitment": shown.record.commitment.to_string(), "leaf": shown.leaf.to_string(), "proof": proof,
        "proven": shown.proven, "content": said,
    })))
}

/// Checks all of it.
pub fn verification(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let outcome = pages::evidence::log(ask)?.verify(ask.query.get("anew").is_some());
    let faults: Vec<Value> = outcome.faults.iter().map(|one| json!({"place": one.place, "what": one.what})).collect();
    Ok(Answer::json(&json!({
        "holds": outcome.holds(), "entries": outcome.entries, "whole": outcome.whole, "sealed": outcome.sealed,
        "erased": outcome.erased, "root": outcome.head.as_ref().map(|head| head.root.to_string()), "faults": faults,
    })))
}
