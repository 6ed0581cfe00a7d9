//! Runs checks over an inventory: on any number of threads, with one result.

use std::collections::BTreeSet;

use cloister_inventory::{Container, Inventory};
use cloister_model::{Diagnostic, Finding};
use cloister_node::{Role, Unread, kubelets, provider_of_node, roles_of};

use crate::absence;
use crate::control_plane::flags::runs;
use crate::schedule::{self, Tally};
use crate::{Check, Context, Entry, Judged, Need, Run};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lacking {
    /// What [`Check::needs`] names.
    Input(Need),
    /// The right to list a kind.
    Permission,
    /// Facts of a node other than those that were given.
    OtherNode,
    /// Nothing that the user could give: a provider runs this part.
    Provider,
    /// Nothing: there is too much of it.
    Size,
}

impl Lacking {
    /// One word for tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Lacking::Input(Need::Register) => "register",
            Lacking::Input(Need::Cluster) => "cluster",
            Lacking::Input(Need::Files) => "files",
            Lacking::Input(
                Need::Program(_)
                | Need::Kind(_)
                | Need::KindOrFacts(_)
                | Need::NodeFacts
                | Need::NodeOf(_)
                | Need::Kubelet,
            ) => "node-facts",
            Lacking::OtherNode => "facts-of-other-nodes",
            Lacking::Provider => "provider",
            Lacking::Permission => "permission",
            Lacking::Size => "size",
        }
    }
}

/// Why something was not looked at, and what input would answer it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    run_and_tell(entries, context, &mut Vec::new(), None)
}

/// The same, and tells what cannot be right in what the checks have read. With what was `judged` in the run before, only
/// that is judged which depends on what changed since: it comes to the same.
pub fn run_and_tell(
    entries: &[&'static Entry],
    context: &Context<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    judged: Option<&mut Judged>,
) -> Vec<Outcome> {
    let programs = programs(entries, context.inventory);
    // Asked by every check, of perhaps a thousand nodes.
    let losses: Vec<Unread<'_>> = context.inventory.node_facts().flat_map(|facts| facts.unread()).collect();
    let unseen = |check: &Check| unlisted(absence::looked_for(check.name), context.inventory);
    let unmet: Vec<Option<NotEvaluated>> = entries
        .iter()
        .map(|entry| unmet(entry.check, context, &programs, &losses).or_else(|| unseen(entry.check)))
        .collect();
    let checked = entries.iter().zip(&unmet).filter(|(_, unmet)| unmet.is_none());
    let checks: Vec<&'static Check> = checked.map(|(entry, _)| entry.check).collect();
    let (tallies, told) = schedule::run(&checks, context, judged);
    diagnostics.extend(told);
    let mut tallies = tallies.into_iter();
    let outcome = |(entry, unmet): (&&'static Entry, Option<NotEvaluated>)| {
        let tally = if unmet.is_none() { tallies.next().unwrap_or_default() } else { Tally::default() };
        Outcome {
            entry,
            examined: tally.examined,
            failed: tally.failed,
            findings: tally.findings,
            not_evaluated: unmet.or(tally.not_evaluated).or_else(|| unread(entry.check, context.inventory, &losses)),
        }
    };
    entries.iter().zip(unmet).map(outcome).collect()
}

/// The programs that checks need and a container starts: many checks need the same few.
fn programs(entries: &[&'static Entry], inventory: &Inventory) -> BTreeSet<&'static str> {
    let needed: BTreeSet<&'static str> = entries
        .iter()
        .flat_map(|entry| entry.check.needs)
        .filter_map(|need| if let Need::Program(program) = need { Some(*program) } else { None })
        .collect();
    let containers: Vec<Container<'_>> = inventory.pods().flat_map(|pod| pod.containers()).collect();
    needed.into_iter().filter(|program| runs(inventory, &containers, program)).collect()
}

fn unmet(
    check: &Check,
    context: &Context<'_>,
    programs: &BTreeSet<&'static str>,
    losses: &[Unread<'_>],
) -> Option<NotEvaluated> {
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
        Need::Program(program) if !programs.contains(program) => Some(by_provider(context).unwrap_or(NotEvaluated {
            lacking: of_node(context, *need),
            reason: format!("neither a pod nor a node's process of {program} in the input"),
            answer: COLLECT.into(),
        })),
        Need::NodeOf(program) if !context.inventory.node_facts().any(|facts| facts.runs(program)) => {
            Some(by_provider(context).unwrap_or(NotEvaluated {
                lacking: of_node(context, *need),
                reason: format!("no facts of a node that runs {program}"),
                answer: COLLECT.into(),
            }))
        }
        Need::NodeFacts if context.inventory.node_facts().next().is_none() => Some(NotEvaluated {
            lacking: Lacking::Input(*need),
            reason: "no facts of nodes in the input".into(),
            answer: COLLECT.into(),
        }),
        Need::Kubelet if kubelets(context.inventory.resources().iter()).is_empty() => Some(NotEvaluated {
            lacking: of_node(context, *need),
            reason: "nothing in the input tells what a kubelet is set to".into(),
            answer: COLLECT.into(),
        }),
        Need::KindOrFacts(kind) if !has_kind_or_facts(context.inventory, kind) => Some(NotEvaluated {
            lacking: Lacking::Input(*need),
            reason: format!(
                "neither a {} nor facts of nodes in the input",
                if *kind == "Config" { "kubeconfig" } else { kind }
            ),
            answer: match *kind {
                "Config" => format!("scan the kubeconfigs that people sign in by; {COLLECT}"),
                _ => format!("scan the live cluster: cloister scan --cluster; or {COLLECT}"),
            },
        }),
        Need::Kind(kind) if !context.inventory.has_kind(kind) => {
            Some(lost(losses, roles_of(kind)).or_else(|| by_provider(context)).unwrap_or(NotEvaluated {
                lacking: Lacking::Input(*need),
                reason: format!("no {} in the input", if *kind == "Config" { "kubeconfig" } else { kind }),
                answer: match *kind {
                    "Config" => "scan the kubeconfigs that people sign in by".into(),
                    _ => "scan the file that a flag of the API server names, or the facts of its node".into(),
                },
            }))
        }
        _ => None,
    })
}

fn has_kind_or_facts(inventory: &Inventory, kind: &str) -> bool {
    inventory.has_kind(kind) || inventory.node_facts().next().is_some()
}

/// What to call the lack of a program: facts may be there, but of nodes where others run.
fn of_node(context: &Context<'_>, need: Need) -> Lacking {
    let given = context.inventory.node_facts().next().is_some();
    if given { Lacking::OtherNode } else { Lacking::Input(need) }
}

/// How facts of nodes come into the input.
const COLLECT: &str = "on each node: cloister node collect > NODE.yaml; then cloister scan --node-facts NODE.yaml";

/// Where a provider runs the control plane, nobody can look at it, and nobody needs to mend it.
fn by_provider(context: &Context<'_>) -> Option<NotEvaluated> {
    let inventory = context.inventory;
    let told = || inventory.node_facts().find_map(|facts| facts.provider());
    let provider = inventory.of_kind("Node").find_map(provider_of_node).or_else(told)?;
    Some(NotEvaluated {
        lacking: Lacking::Provider,
        reason: format!("{provider} runs the control plane"),
        answer: "the provider's own report answers for it; attest to that".into(),
    })
}

/// A kind the check relies on could not be read: what it found stands, what it
/// did not find proves nothing.
fn unread(check: &Check, inventory: &Inventory, losses: &[Unread<'_>]) -> Option<NotEvaluated> {
    let relies: &[&str] = match &check.run {
        Run::Container(_) | Run::Pod(_) => &WORKLOADS,
        Run::Resource(kinds, _) | Run::Inventory(kinds, _) => kinds,
        Run::Policy => &[],
    };
    unlisted(relies, inventory).or_else(|| {
        let of_pods = matches!(check.run, Run::Container(_) | Run::Pod(_));
        // Programs of the control plane are judged by their processes, whatever became of the manifests.
        let kinds = relies.iter().filter(|kind| of_pods || **kind != "Pod");
        kinds.chain(check.needs.iter().filter_map(named)).find_map(|kind| lost(losses, roles_of(kind)))
    })
}

fn named(need: &Need) -> Option<&&'static str> {
    if let Need::Kind(kind) = need { Some(kind) } else { None }
}

/// What the collector lost on a node, and would have looked at as one of these.
fn lost(losses: &[Unread<'_>], roles: &[Role]) -> Option<NotEvaluated> {
    let first = losses.iter().find(|unread| roles.iter().any(|role| unread.is(*role)))?;
    Some(NotEvaluated {
        lacking: Lacking::Input(Need::NodeFacts),
        reason: first.says(),
        answer: Unread::ANSWER.to_owned(),
    })
}

fn unlisted(relies: &[&str], inventory: &Inventory) -> Option<NotEvaluated> {
    let all = inventory.inputs().unread.iter();
    let unread: Vec<&cloister_inventory::Unread> =
        all.filter(|unread| relies.iter().any(|kind| unread.is(kind))).collect();
    let kinds: Vec<&str> = unread.iter().map(|unread| &*unread.kind).collect();
    (!unread.is_empty()).then(|| NotEvaluated {
        lacking: Lacking::Permission,
        reason: format!("{} could not be listed", kinds.join(", ")),
        answer: cloister_inventory::Unread::reasons(&unread),
    })
}
