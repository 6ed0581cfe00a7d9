//! Runs checks over an inventory: on any number of threads, with one result.

use cloister_inventory::Inventory;
use cloister_model::Finding;

use crate::schedule::{self, Tally};
use crate::{Check, Context, Entry, Need, Run};

/// What one check came to.
#[derive(Debug)]
pub struct Outcome {
    /// The check.
    pub entry: &'static Entry,
    /// How many subjects it looked at.
    pub examined: usize,
    /// How many of them had findings.
    pub failed: usize,
    /// The findings, in the inventory's order.
    pub findings: Vec<Finding>,
    /// Why it could not be judged in full, if so.
    pub not_evaluated: Option<NotEvaluated>,
}

/// Which input a check lacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lacking {
    /// What [`Check::needs`] names.
    Input(Need),
    /// The right to list a kind.
    Permission,
}

impl Lacking {
    /// One word for tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Lacking::Input(Need::Register) => "register",
            Lacking::Input(Need::Cluster) => "cluster",
            Lacking::Input(Need::Files) => "files",
            Lacking::Permission => "permission",
        }
    }
}

/// Why something was not looked at, and what input would answer it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotEvaluated {
    /// What was lacking.
    pub lacking: Lacking,
    /// The reason, as a phrase.
    pub reason: String,
    /// What to give to Cloister.
    pub answer: String,
}

/// Kinds that a check over pods relies on.
const WORKLOADS: [&str; 7] = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"];

/// Runs the given checks. The same input gives the same outcomes in the same order, on any number of threads.
pub fn run(entries: &[&'static Entry], context: &Context<'_>) -> Vec<Outcome> {
    let unmet: Vec<Option<NotEvaluated>> = entries.iter().map(|entry| unmet(entry.check, context)).collect();
    let judged = entries.iter().zip(&unmet).filter(|(_, unmet)| unmet.is_none());
    let checks: Vec<&'static Check> = judged.map(|(entry, _)| entry.check).collect();
    let mut tallies = schedule::run(&checks, context).into_iter();
    let outcome = |(entry, unmet): (&&'static Entry, Option<NotEvaluated>)| {
        let tally = if unmet.is_none() { tallies.next().unwrap_or_default() } else { Tally::default() };
        Outcome {
            entry,
            examined: tally.examined,
            failed: tally.failed,
            findings: tally.findings,
            not_evaluated: unmet.or_else(|| unread(entry.check, context.inventory)),
        }
    };
    entries.iter().zip(unmet).map(outcome).collect()
}

fn unmet(check: &Check, context: &Context<'_>) -> Option<NotEvaluated> {
    let inputs = context.inventory.inputs();
    check.needs.iter().find_map(|need| match need {
        Need::Register if context.register.is_empty() => Some(NotEvaluated {
            lacking: Lacking::Input(*need),
            reason: "no register of processing in the input".into(),
            answer: "draft one: cloister register init PATH".into(),
        }),
        Need::Cluster if !inputs.cluster => Some(NotEvaluated {
            lacking: Lacking::Input(*need),
            reason: "files cannot show this".into(),
            answer: "scan the live cluster: cloister scan --cluster".into(),
        }),
        Need::Files if !inputs.files => Some(NotEvaluated {
            lacking: Lacking::Input(*need),
            reason: "a cluster cannot show this".into(),
            answer: "scan the manifests that it was made from".into(),
        }),
        _ => None,
    })
}

/// A kind the check relies on could not be read: what it found stands, what it
/// did not find proves nothing.
fn unread(check: &Check, inventory: &Inventory) -> Option<NotEvaluated> {
    let relies: &[&str] = match &check.run {
        Run::Container(_) | Run::Pod(_) => &WORKLOADS,
        Run::Resource(kinds, _) | Run::Inventory(kinds, _) => kinds,
        Run::Policy => &[],
    };
    let unread = inventory.inputs().unread.iter().find(|unread| relies.contains(&&*unread.kind))?;
    Some(NotEvaluated {
        lacking: Lacking::Permission,
        reason: format!("{} could not be listed", unread.kind),
        answer: unread.reason.clone(),
    })
}
