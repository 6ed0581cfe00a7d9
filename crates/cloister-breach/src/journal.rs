//! The register of Art. 33(5): all breaches, with their facts, effects and what was done, in one table.

use jiff::Timestamp;
use serde::Serialize;

use crate::document::Breach;
use crate::fault::Fault;
use crate::machine::{Phase, State};
use crate::severity::assess;

/// One breach.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// How far it has come.
    pub phase: Phase,
    /// When it was suspected.
    pub suspected: Timestamp,
    /// When it became known.
    pub aware: Option<Timestamp>,
    /// Whether confidentiality, integrity or availability was concerned.
    pub nature: Vec<&'static str>,
    /// About how many people.
    pub people: Option<u64>,
    /// The severity, as it was assessed last; computed where it was not yet.
    pub severity: String,
    /// When the authority was notified first.
    pub notified: Option<Timestamp>,
    /// Whether it was decided to notify it.
    pub notify: Option<bool>,
    /// When data subjects were told.
    pub communicated: Option<Timestamp>,
    /// Whether it was decided to tell them.
    pub communicate: Option<bool>,
    /// Measures.
    pub measures: Vec<String>,
    /// When the record may go.
    pub keep_until: Option<Timestamp>,
    /// When it went.
    pub erased: Option<Timestamp>,
    /// What is left to do.
    pub left: Vec<&'static str>,
}

impl Row {
    /// The row of a breach.
    pub fn of(breach: &Breach) -> Result<Row, Fault> {
        let state = breach.state()?;
        let severity =
            state.outcome.map_or_else(|| proposed(breach, &state), |outcome| outcome.severity.as_str().to_owned());
        let facts = &breach.spec;
        Ok(Row {
            number: breach.metadata.name.clone(),
            title: facts.title.clone(),
            phase: state.phase,
            suspected: state.suspected,
            aware: state.clock.map(|clock| clock.aware),
            nature: facts.nature(),
            people: facts.affected.people,
            severity,
            notified: state.notified.first().map(|(at, _)| *at),
            notify: state.notify,
            communicated: state.communicated,
            communicate: state.communicate,
            measures: facts.measures.iter().map(|measure| measure.what.clone()).collect(),
            keep_until: breach.due_for_erasure(&state),
            erased: state.erased,
            left: if state.phase == Phase::Aware { state.left_to_do() } else { Vec::new() },
        })
    }
}

fn proposed(breach: &Breach, state: &State) -> String {
    match state.phase {
        Phase::Dismissed | Phase::Closed | Phase::Erased => "–".to_owned(),
        _ => format!("{}?", assess(&breach.spec).level.as_str()),
    }
}
