//! The own record, Art. 33(5): the facts, the effects, what was done, and how it was decided; enough for the authority to
//! verify it.

use cloister_paper::{Block, Paper};
use jiff::Timestamp;
use serde::Serialize;

use super::fields::{about, categories, field, listed, measures, or_blank, period};
use super::notification::time_left;
use crate::decision::{Decisions, Reason, decide};
use crate::document::Breach;
use crate::facts::{Facts, MeasureStatus};
use crate::fault::Fault;
use crate::severity::{Severity, assess};
use crate::step::{Entry, moment};

/// The record.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Our number.
    pub number: String,
    /// How far it has come, in words.
    pub standing: Vec<String>,
    /// The facts.
    pub facts: Facts,
    /// The severity.
    pub severity: Severity,
    /// Whom to tell, and why.
    pub decisions: Decisions,
    /// What was done.
    pub history: Vec<Entry>,
    /// Until when it is kept, where that is known.
    pub keep_until: Option<Timestamp>,
}

impl Record {
    pub(super) fn new(breach: &Breach, now: Timestamp) -> Result<Record, Fault> {
        let state = breach.state()?;
        let mut standing = vec![format!("{}: {}", state.phase.as_str(), state.phase.meaning())];
        standing.extend(
            state
                .running()
                .map(|clock| format!("to be notified by {} ({})", moment(clock.due), time_left(&clock, now))),
        );
        standing.extend(state.left_to_do().into_iter().map(str::to_owned));
        Ok(Record {
            number: breach.metadata.name.clone(),
            standing,
            facts: breach.spec.clone(),
            severity: assess(&breach.spec),
            decisions: decide(&breach.spec),
            history: breach.history.clone(),
            keep_until: breach.due_for_erasure(&state),
        })
    }

    pub(super) fn paper(&self) -> Paper {
        let mut paper = Paper::new(format!("Personal data breach {}: {}", self.number, or_blank(&self.facts.title)));
        paper.foot = format!("{} · internal record, Art. 33(5) GDPR", self.number);
        paper.list(self.standing.iter().cloned());
        self.facts(&mut paper);
        self.severity(&mut paper);
        self.decisions(&mut paper);
        paper.heading("What was done, and by whom");
        let rows = self.history.iter().map(|entry| {
            let words = entry.did.words().join(" ");
            let what = entry.did.phrase();
            vec![moment(entry.at), entry.who.clone(), if words.is_empty() { what } else { format!("{what}. {words}") }]
        });
        let head = ["When", "Who", "What"].map(str::to_owned).to_vec();
        paper.blocks.push(Block::Table { head, rows: rows.collect() });
        if let Some(until) = self.keep_until {
            paper.text(format!("This record is kept until {}.", until.strftime("%Y-%m-%d")));
        }
        paper
    }

    fn facts(&self, paper: &mut Paper) {
        let (facts, affected) = (&self.facts, &self.facts.affected);
        paper.heading("The facts");
        paper.text(or_blank(&facts.description));
        let occurred = facts.occurred.as_ref();
        let nature: Vec<String> = facts.nature().into_iter().map(str::to_owned).collect();
        let mut fields = vec![
            field("It happened", period(occurred.and_then(|it| it.from), occurred.and_then(|it| it.to))),
            field("Cause", facts.cause.map_or("not known yet", |cause| cause.meaning())),
            field("Concerns", listed(&nature)),
            field("Data subjects", format!("{}; {}", listed(&affected.data_subjects), about(affected.people))),
            field("Data", format!("{}; {} records", listed(&categories(facts)), about(affected.records))),
        ];
        for (name, list) in
            [("Stores", &affected.stores), ("Activities", &affected.activities), ("Recipients", &affected.recipients)]
        {
            if !list.is_empty() {
                fields.push(field(name, list.join(", ")));
            }
        }
        paper.blocks.push(Block::Fields(fields));
        let evidence = facts.suspicion.evidence.iter().map(|one| {
            let at = one.at.map_or(String::new(), |at| format!("{}: ", moment(at)));
            let reference = if one.reference.is_empty() { String::new() } else { format!(" ({})", one.reference) };
            format!("{at}{}{reference}", one.what)
        });
        let evidence: Vec<String> = evidence.collect();
        if !evidence.is_empty() {
            paper.blocks.push(Block::Subheading("Evidence".to_owned()));
            paper.list(evidence);
        }
        paper.heading("Effects, and what was done about them");
        paper.list(facts.consequences.iter().cloned());
        let done = measures(facts, MeasureStatus::Taken).into_iter().map(|one| format!("Done: {one}"));
        paper.list(done.chain(measures(facts, MeasureStatus::Proposed).into_iter().map(|one| format!("To do: {one}"))));
    }

    fn severity(&self, paper: &mut Paper) {
        paper.heading("Severity, by ENISA's method");
        paper.text(self.severity.why.join(" "));
        let rows =
            self.severity.factors.iter().map(|scored| {
                vec![scored.factor.meaning().to_owned(), scored.points.to_string(), scored.why.join(" ")]
            });
        let head = ["Factor", "Points", "Why"].map(str::to_owned).to_vec();
        paper.blocks.push(Block::Table { head, rows: rows.collect() });
    }

    fn decisions(&self, paper: &mut Paper) {
        paper.heading("Whom to tell, and why");
        paper.list(self.decisions.reasoning.iter().map(sourced));
        let answers = [
            ("Authority", &self.decisions.notify),
            ("Data subjects", &self.decisions.communicate),
            ("This record", &self.decisions.record),
        ];
        let told = answers.into_iter().map(|(whom, answer)| {
            let why: Vec<String> = answer.why.iter().map(sourced).collect();
            field(whom, format!("{}. {}", if answer.yes { "yes" } else { "no" }, why.join(" ")))
        });
        paper.blocks.push(Block::Fields(told.collect()));
        paper.list(self.decisions.open.iter().map(|(field, question)| format!("Not known yet: {question} ({field})")));
    }
}

/// A sentence with what it rests on.
pub(crate) fn sourced(reason: &Reason) -> String {
    format!("{} ({})", reason.text, reason.sources.join("; "))
}
