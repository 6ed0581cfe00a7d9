//! Changes of records: each over the version that was read, on record before it is kept, and told after it.

use std::sync::PoisonError;

use cloister_breach::{Breach, Facts, Refusal, Step};
use cloister_evidence::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Known, Record, Standing, all, facts, kept, look, one, proposal};
use crate::Hub;
use crate::happened::Happened;
use crate::hub::Refused;

/// Why a change was not made.
#[derive(Debug)]
pub enum Failed {
    /// There is no such breach.
    Missing,
    /// Somebody changed it meanwhile: as it is now.
    Conflict(Box<Known>),
    /// It cannot be done, and the way out.
    Refused(Refusal),
    /// Log or store.
    Broken(Refused),
}

impl From<cloister_store::Error> for Failed {
    fn from(why: cloister_store::Error) -> Failed {
        Failed::Broken(why.into())
    }
}

impl From<Refusal> for Failed {
    fn from(why: Refusal) -> Failed {
        Failed::Refused(why)
    }
}

/// What a change makes of a record, and what the log is told of it.
type Changed = (Record, Value);

impl Hub {
    /// Opens a record. The number is the next of this year.
    pub fn open_breach(&self, who: &str, reason: &str, mut record: Record) -> Result<Known, Failed> {
        let _one = self.breaches.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        let number = kept::next_number(&*self.store, now)?;
        record.breach = Breach::suspected(&number, record.breach.spec, reason, now, who)?;
        facts::check(&record.breach)?;
        record.proposals = look(self, &record);
        let said =
            json!({"breach": number, "over": 0, "who": who, "opened": record.breach, "detections": record.detections});
        self.keep_breach(record, 0, &said)
    }

    /// Changes a record over the version that was read; over whatever is there where `over` is none.
    pub fn change_breach(
        &self,
        number: &str,
        over: Option<u64>,
        change: impl FnOnce(&Record, Timestamp) -> Result<Changed, Refusal>,
    ) -> Result<Known, Failed> {
        let _one = self.breaches.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = one(&*self.store, number)?.ok_or(Failed::Missing)?;
        if over.is_some_and(|over| over != known.version) {
            return Err(Failed::Conflict(Box::new(known)));
        }
        // A clock that was set back keeps nobody from the next step.
        let now = known.record.state()?.last.max(Timestamp::now());
        let (record, mut said) = change(&known.record, now)?;
        if let Some(fields) = said.as_object_mut() {
            fields.insert("breach".to_owned(), json!(number));
            fields.insert("over".to_owned(), json!(known.version));
        }
        self.keep_breach(record, known.version, &said)
    }

    fn keep_breach(&self, record: Record, over: u64, said: &Value) -> Result<Known, Failed> {
        self.record(Kind::Breach, said).map_err(Failed::Broken)?;
        let known = match kept::put(&*self.store, record, over)? {
            Ok(known) => known,
            // Another hub on the same store was faster: what was recorded a moment ago is not so.
            Err(now) => {
                let undone = json!({"breach": said["breach"], "over": over, "undone": "somebody else was faster"});
                self.record(Kind::Breach, &undone).map_err(Failed::Broken)?;
                return Err(now.map_or(Failed::Missing, |now| Failed::Conflict(Box::new(now))));
            }
        };
        // What heads of pages show is no reason to call a step undone that is kept.
        let _ = self.tell_clocks();
        self.happened(&Happened::Breach(&known.record.breach));
        Ok(known)
    }

    /// Takes a step.
    pub fn step_breach(&self, number: &str, over: Option<u64>, step: Step, who: &str) -> Result<Known, Failed> {
        self.change_breach(number, over, |record, now| {
            if matches!(step, Step::Assess { .. }) {
                answered(record)?;
            }
            let breach = record.breach.apply(step, now, who)?;
            let said = json!({"step": breach.history.last()});
            Ok((record.clone().after(breach), said))
        })
    }

    /// Sets the facts; what was changed is noted in the history.
    pub fn set_facts(
        &self,
        number: &str,
        over: Option<u64>,
        who: &str,
        set: impl FnOnce(&Facts) -> Result<Facts, Refusal>,
    ) -> Result<Known, Failed> {
        self.change_breach(number, over, |record, now| {
            let mut breach = open(record)?.breach.clone();
            let facts = set(&breach.spec)?;
            let fields = facts::changed(&breach.spec, &facts);
            if fields.is_empty() {
                let cause = "no fact is another than before".to_owned();
                return Err(Refusal { cause, help: "change one, or leave the page".to_owned() });
            }
            breach.spec = facts;
            facts::check(&breach)?;
            let breach = breach.apply(Step::Note { reason: format!("facts set: {}", fields.join(", ")) }, now, who)?;
            let said = json!({"facts": breach.spec, "step": breach.history.last()});
            Ok((record.clone().after(breach), said))
        })
    }

    /// Confirms proposals, which makes them facts; or says that they are not so.
    pub fn answer_proposals(
        &self,
        number: &str,
        over: Option<u64>,
        (ids, confirm): (&[String], bool),
        who: &str,
    ) -> Result<Known, Failed> {
        self.change_breach(number, over, |record, now| {
            let mut record = open(record)?.clone();
            let shown = proposal::answer(&mut record, ids, confirm, (who, now))?;
            facts::check(&record.breach)?;
            let word = if confirm { "confirmed" } else { "not so" };
            let breach =
                record.breach.apply(Step::Note { reason: format!("{word}: {}", shown.join("; ")) }, now, who)?;
            let said =
                json!({"proposals": ids, "confirmed": confirm, "facts": breach.spec, "step": breach.history.last()});
            Ok((record.after(breach), said))
        })
    }

    /// Looks again for what could be proposed.
    pub fn look_again(&self, number: &str, over: Option<u64>, who: &str) -> Result<Known, Failed> {
        self.change_breach(number, over, |record, _| {
            let mut record = open(record)?.clone();
            record.proposals = look(self, &record);
            let said = json!({"looked": record.proposals.len(), "who": who});
            Ok((record, said))
        })
    }

    /// What heads of pages and numbers say of breaches.
    pub fn standing(&self) -> Standing {
        self.breaches.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads from the store which clocks run.
    pub fn tell_clocks(&self) -> Result<(), cloister_store::Error> {
        let standing = kept::standing(&all(&*self.store)?);
        *self.breaches.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
        Ok(())
    }
}

/// What nobody has said yes or no to would count as nothing, and an assessment of nothing is mild.
fn answered(record: &Record) -> Result<(), Refusal> {
    match proposal::waiting(record).count() {
        0 => Ok(()),
        waiting => {
            let cause = format!("{waiting} proposals on who and what is affected are not answered");
            Err(Refusal { cause, help: "confirm each, or say that it is not so".to_owned() })
        }
    }
}

/// Facts are changed while somebody deals with it.
fn open(record: &Record) -> Result<&Record, Refusal> {
    if record.is_open() {
        return Ok(record);
    }
    let cause = "facts are not changed once a breach is closed, dismissed or erased".to_owned();
    Err(Refusal { cause, help: "first reopen it, with the reason; what was erased stays as it is".to_owned() })
}
