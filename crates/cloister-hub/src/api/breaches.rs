//! Breaches, for programs: each change over the version that was read (If-Match).

use cloister_breach::severity::assess;
use cloister_breach::{Facts, Step, decide};
use http::header;
use serde::Deserialize;
use serde_json::{Value, json};

use super::sent;
use crate::breaches::Known;
use crate::http::{Answer, Ask, Problem};
use crate::pages::breaches::{self as pages, Report, found, problem, who};
use crate::table::{Table, Want};

fn listed(table: &Table) -> Answer {
    Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next}))
}

/// All of them, open ones first.
pub fn all(ask: &Ask<'_>) -> Result<Answer, Problem> {
    Ok(listed(&pages::table_of(ask, Want::of_api(&ask.query)?)?))
}

/// The register.
pub fn register(ask: &Ask<'_>) -> Result<Answer, Problem> {
    Ok(listed(&pages::register_of(ask, Want::of_api(&ask.query)?)?.0))
}

/// Opens one by hand. Who may only report is told its number.
pub fn report(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = pages::report(ask, &sent::<Report>(ask)?)?;
    let said = json!({"number": known.number()}).to_string();
    Ok(Answer::new(201, "application/json", said)
        .with(header::LOCATION, &format!("/api/v1{}", pages::address(known.number()))))
}

fn tag(known: &Known) -> String {
    format!("\"{}\"", known.version)
}

fn told(known: &Known) -> Answer {
    let (record, spec) = (&known.record, &known.record.breach.spec);
    let state = record.breach.state().ok();
    let missing: Vec<Value> = spec.missing().iter().map(|(field, why)| json!({"field": field, "why": why})).collect();
    let said = json!({
        "number": known.number(), "version": known.version, "source": record.source, "namespaces": record.namespaces,
        "state": state.as_ref().map(|state| state.phase.as_str()),
        "clock": state.as_ref().and_then(|state| state.clock),
        "runs": state.as_ref().is_some_and(|state| state.running().is_some()),
        "left": state.as_ref().map(cloister_breach::State::left_to_do),
        "breach": record.breach, "missing": missing, "severity": assess(spec), "decisions": decide(spec),
        "proposals": record.proposals, "detections": record.detections,
    });
    Answer::json(&said).tagged(&tag(known))
}

/// One of them.
pub fn one(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = found(ask)?;
    let has = ask.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tag = tag(&known);
    let same = has.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag);
    Ok(if same { Answer::new(304, "application/json", "").tagged(&tag) } else { told(&known) })
}

/// The version that a change is over.
fn over(ask: &Ask<'_>) -> Result<Option<u64>, Problem> {
    let header = ask.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let text =
        header.ok_or_else(|| Problem::new(428, "say over which version: If-Match with the ETag of the breach"))?;
    let version =
        text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| Problem::new(412, "this is the ETag of no version of a breach: read it again"))
}

/// Takes a step.
pub fn step(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (step, over) = (sent::<Step>(ask)?, over(ask)?);
    let done = ask.hub.step_breach(ask.part("breach"), over, step, &who(ask)?.name);
    done.map(|known| told(&known)).map_err(|failed| problem(&failed))
}

/// Sets all facts.
pub fn set_facts(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (facts, over) = (sent::<Facts>(ask)?, over(ask)?);
    let done = ask.hub.set_facts(ask.part("breach"), over, &who(ask)?.name, |_| Ok(facts));
    done.map(|known| told(&known)).map_err(|failed| problem(&failed))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    proposals: Vec<String>,
    confirm: bool,
}

/// Answers proposals.
pub fn answer_proposals(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (answers, over) = (sent::<Answers>(ask)?, over(ask)?);
    let said = (answers.proposals.as_slice(), answers.confirm);
    let done = ask.hub.answer_proposals(ask.part("breach"), over, said, &who(ask)?.name);
    done.map(|known| told(&known)).map_err(|failed| problem(&failed))
}

/// A draft.
pub fn draft(ask: &Ask<'_>) -> Result<Answer, Problem> {
    pages::made(ask, ask.query.get("as").unwrap_or("json"))
}
