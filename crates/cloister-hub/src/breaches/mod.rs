//! Personal data breaches, from suspicion to closure: documents of the store, each step an entry of the evidence log.
//!
//! ```text
//! detection that suspects one ─▶ suspicion: a new record, or more evidence for an open one ─┐
//! report of a person ───────────────────────────────────────────────────────────────────────┤
//! steps, facts, answers to proposals (over the version that was read) ──────────────────────┴▶ evidence log ─▶ store ─▶ happened
//! ```
//! One thread changes one record at a time; a change over another version than the one that is there now is refused, and
//! nothing is recorded. The entry says over which version it was made: after a crash between log and store the same change
//! may stand in the log twice, over the same version.

mod change;
pub mod facts;
mod kept;
mod proposal;
pub mod steps;
mod suspicion;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, RwLock};

use cloister_breach::{Breach, Clock, Phase, Refusal, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use change::Failed;
pub use kept::{Known, all, one};
pub use proposal::{Proposal, look, ours};
pub use suspicion::{add, unnumbered};

/// A breach as the hub keeps it: the document, and what the hub needs to add to it and to propose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The document, as `cloister breach` has it.
    pub breach: Breach,
    /// The source that it is about; empty where nobody said.
    pub source: String,
    /// Namespaces that it is about.
    #[serde(default)]
    pub namespaces: BTreeSet<String>,
    /// Who did what was detected.
    #[serde(default)]
    pub actors: BTreeSet<String>,
    /// Detections that belong to it. They stay when the record is erased, so that none opens it again.
    #[serde(default)]
    pub detections: Vec<String>,
    /// When the first and the last of them happened.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// What is proposed, for a person to confirm.
    #[serde(default)]
    pub proposals: Vec<Proposal>,
}

/// Who is not known.
const NOBODY: [&str; 2] = ["", "system:anonymous"];

/// A clock that runs, for the head of every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The breach's number.
    pub number: String,
    /// Its clock.
    pub clock: Clock,
}

/// How many breaches are open, and the clocks that run.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Clocks, the first to end first.
    pub running: Vec<Running>,
    /// Suspected, known and not notified, notified and not closed.
    pub open: [u64; 3],
}

/// What the hub holds of them in memory.
#[derive(Debug, Default)]
pub struct Breaches {
    changing: Mutex<()>,
    standing: RwLock<Standing>,
    /// Whether a detection may have been missed: the store failed, or the process before this one ended.
    behind: AtomicBool,
}

impl Record {
    /// A new one.
    pub fn new(breach: Breach, source: &str) -> Record {
        Record {
            breach,
            source: source.to_owned(),
            namespaces: BTreeSet::new(),
            actors: BTreeSet::new(),
            detections: Vec::new(),
            seen: None,
            proposals: Vec::new(),
        }
    }

    /// What its history comes to.
    pub fn state(&self) -> Result<State, Refusal> {
        self.breach.state().map_err(|fault| Refusal { cause: fault.to_string(), help: fault.help })
    }

    /// Whether this user is one of those who did it. Whoever is not known is not the same as another one who is not.
    pub fn has_actor(&self, user: &str) -> bool {
        !NOBODY.contains(&user) && self.actors.contains(user)
    }

    /// Whether somebody still deals with it.
    pub fn is_open(&self) -> bool {
        self.state().is_ok_and(|state| matches!(state.phase, Phase::Suspected | Phase::Aware))
    }

    /// With the document after a step. What was erased names nobody any more.
    fn after(mut self, breach: Breach) -> Record {
        self.breach = breach;
        if self.state().is_ok_and(|state| state.phase == Phase::Erased) {
            self.namespaces.clear();
            self.actors.clear();
            self.proposals.clear();
        }
        self
    }
}
