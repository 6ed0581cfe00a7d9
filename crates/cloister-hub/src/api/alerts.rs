//! Alerts for programs.

use cloister_alert::Match;
use cloister_alert::state::Silence;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::sent;
use crate::http::{Answer, Ask, Problem};
use crate::pages::alerts::{self as page, end, note, of, reason, undone, who};
use crate::table::{Table, Want};

fn listed(table: &Table) -> Answer {
    Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next}))
}

/// Alerts, the most urgent first.
pub fn all(ask: &Ask<'_>) -> Result<Answer, Problem> {
    page::table_of(ask, &of(ask)?.shown(), Timestamp::now(), Want::of_api(&ask.query)?).map(|table| listed(&table))
}

/// Silences.
pub fn silences(ask: &Ask<'_>) -> Result<Answer, Problem> {
    page::silences_of(ask, &of(ask)?.shown(), Timestamp::now(), Want::of_api(&ask.query)?).map(|table| listed(&table))
}

/// Receivers.
pub fn receivers(ask: &Ask<'_>) -> Result<Answer, Problem> {
    page::receivers_of(ask, &of(ask)?.shown(), Want::of_api(&ask.query)?).map(|table| listed(&table))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToAcknowledge {
    note: Option<String>,
}

/// Acknowledges an alert.
pub fn acknowledge(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (alerts, asked): (_, ToAcknowledge) = (of(ask)?, sent(ask)?);
    let (alert, who, note) = (ask.part("alert"), who(ask)?, note(asked.note.as_deref())?);
    alerts.acknowledge(ask.hub, alert, (who, note), Timestamp::now()).map_err(|why| undone(&why))?;
    Ok(Answer::new(201, "application/json", json!({"alert": alert, "by": who.name}).to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ToSilence {
    r#match: Match,
    starts_at: Option<Timestamp>,
    ends_at: Timestamp,
    reason: String,
}

/// Begins a silence.
pub fn silence(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (alerts, asked, now): (_, ToSilence, _) = (of(ask)?, sent(ask)?, Timestamp::now());
    let silence = Silence {
        matching: asked.r#match,
        starts_at: asked.starts_at.unwrap_or(now),
        ends_at: asked.ends_at,
        reason: reason(Some(&asked.reason))?,
        owner: who(ask)?.name.clone(),
    };
    let id = alerts.silence(ask.hub, &silence, now).map_err(|why| undone(&why))?;
    Ok(Answer::new(201, "application/json", json!({"id": id, "silence": silence}).to_string()))
}

/// Ends a silence; the reason stands in the address.
pub fn unsilence(ask: &Ask<'_>) -> Result<Answer, Problem> {
    end(ask, ask.query.get("reason"))?;
    Ok(Answer::json(&json!({"id": ask.part("silence"), "ended": true})))
}

/// Sends a test to a receiver.
pub fn test(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let report =
        of(ask)?.test(ask.hub, ask.part("receiver"), who(ask)?, Timestamp::now()).map_err(|why| undone(&why))?;
    let report = serde_json::to_vec(&report).unwrap_or_default();
    Ok(Answer::new(201, "application/json", report))
}
