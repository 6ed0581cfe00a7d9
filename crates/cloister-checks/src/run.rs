//! Runs checks over an inventory: on any number of threads, with one result.

use cloister_inventory::{Container, Inventory, Pod};
use cloister_model::Finding;
use rayon::prelude::*;

use crate::control_plane::flags::starts;
use crate::{Check, Context, Entry, Findings, Need, Run};

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
            Lacking::Input(Need::Program(_)) => "node-facts",
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

/// Runs the given checks.
pub fn run(entries: &[&'static Entry], context: &Context<'_>) -> Vec<Outcome> {
    let pods: Vec<Pod<'_>> = context.inventory.pods().collect();
    let containers: Vec<Container<'_>> = pods.iter().flat_map(Pod::containers).collect();
    entries.par_iter().map(|entry| outcome(entry, context, &pods, &containers)).collect()
}

fn outcome(entry: &'static Entry, context: &Context<'_>, pods: &[Pod<'_>], containers: &[Container<'_>]) -> Outcome {
    let check = entry.check;
    if let Some(reason) = unmet(check, context, containers) {
        return Outcome { entry, examined: 0, failed: 0, findings: Vec::new(), not_evaluated: Some(reason) };
    }
    let mut findings = Findings::new(check, context);
    judge(check, context, pods, containers, &mut findings);
    Outcome {
        entry,
        examined: findings.examined,
        failed: findings.failed,
        findings: findings.found,
        not_evaluated: unread(check, context.inventory),
    }
}

fn judge(
    check: &Check,
    context: &Context<'_>,
    pods: &[Pod<'_>],
    containers: &[Container<'_>],
    findings: &mut Findings<'_>,
) {
    match &check.run {
        Run::Container(judge) => {
            for container in containers {
                findings.within(Some(container));
                judge(container, findings);
                findings.count();
            }
        }
        Run::Pod(judge) => {
            for pod in pods {
                findings.within(None);
                judge(pod, findings);
                findings.count();
            }
        }
        Run::Resource(kinds, judge) => {
            for resource in kinds.iter().flat_map(|kind| context.inventory.of_kind(kind)) {
                findings.within(None);
                judge(resource, findings);
                findings.count();
            }
        }
        Run::Inventory(_, judge) => judge(findings),
        Run::Policy => {}
    }
}

fn unmet(check: &Check, context: &Context<'_>, containers: &[Container<'_>]) -> Option<NotEvaluated> {
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
        Need::Program(program) if !containers.iter().any(|container| starts(container, program)) => {
            Some(NotEvaluated {
                lacking: Lacking::Input(*need),
                reason: format!("no pod of {program} in the input"),
                answer: "scan the cluster, where its control plane runs as pods, or the folder of their manifests"
                    .into(),
            })
        }
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
