//! Answers to one question, and why. The schemas are `docs/schema/network-can.json` and `network-explain.json`.

use cloister_model::{Location, ResourceRef};
use serde::Serialize;

use crate::addresses::Family;
use crate::document::{Ports, ports};
use crate::explain::{Applied, Side, Step};
use crate::network::Network;
use crate::policy::Direction;

/// Whether something reaches something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CanDocument {
    /// One for each pair of ends that the question means.
    pub answers: Vec<Answered>,
}

/// What is decided about two ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// `namespace/name[Kind]`, `name[Node]`, or `first-last` for addresses outside of the cluster.
    pub source: String,
    /// Likewise.
    pub destination: String,
    /// `yes`, `no`, `unknown`; `partly` where some of the ports are open.
    pub answer: &'static str,
    /// Those of the ports that are open.
    pub allowed: Vec<Ports>,
    /// Those of which the input does not tell.
    pub unknown: Vec<Ports>,
    /// What the mesh does; null where none takes part.
    pub mesh: Option<Vec<Narrowed>>,
}

/// One thing that the mesh does with the ports that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Narrowed {
    /// `closes`, `asks` for something of each request, or `unknown`: the input does not tell who calls.
    pub does: &'static str,
    /// The ports.
    pub ports: Vec<Ports>,
    /// What is asked, in words.
    pub asks: Option<String>,
    /// The policy that does it.
    pub policy: Option<ResourceRef>,
    /// Where that is written; null for what was not read from a file.
    pub location: Option<Location>,
}

/// Why something reaches something else, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExplainDocument {
    /// One for each pair of ends that the question means.
    pub explanations: Vec<Explained>,
}

/// Why something is decided about two ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// `namespace/name[Kind]`, `name[Node]`, or `first-last` for addresses outside of the cluster.
    pub source: String,
    /// Likewise.
    pub destination: String,
    /// `yes`, `no`, `unknown`; `partly` where some of the ports are open.
    pub answer: &'static str,
    /// Both ends are one workload: each of its pods reaches itself, whatever policies say.
    pub itself: bool,
    /// The pods are in networks of their own, which do not meet.
    pub separate_networks: bool,
    /// What the policies of the source say, in the order in which they are asked.
    pub egress: Vec<Decides>,
    /// What the policies of the destination say.
    pub ingress: Vec<Decides>,
    /// What the mesh does; null where none takes part.
    pub mesh: Option<Vec<Narrowed>>,
}

/// One step of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Decides {
    /// `accepts`, `denies`, `passes` to the next tier, `isolates` (policies select the pod, and none of their rules
    /// allows it), or `undecided`: no policy decides.
    pub applied: &'static str,
    /// Whether the input tells that the rule matches.
    pub certain: bool,
    /// `IPv4` or `IPv6`, where it is so over these addresses alone.
    pub family: Option<&'static str>,
    /// The ports of the question that this is about.
    pub ports: Vec<Ports>,
    /// The number of the rule in its list, from 0.
    pub rule: Option<usize>,
    /// The policies: one with a rule, all that select the pod without one.
    pub policies: Vec<WrittenIn>,
}

/// A policy, and where it or its rule is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WrittenIn {
    /// Its name.
    pub policy: ResourceRef,
    /// The file and line; null for what was not read from a file.
    pub location: Option<Location>,
}

impl Decides {
    /// The steps of one end.
    pub fn of(network: &Network<'_>, side: &Side) -> Vec<Decides> {
        side.steps.iter().map(|step| Decides::step(network, step, side.direction)).collect()
    }

    fn step(network: &Network<'_>, step: &Step, direction: Direction) -> Decides {
        let applied = match step.applied {
            Applied::Accepts => "accepts",
            Applied::Denies => "denies",
            Applied::Passes => "passes",
            Applied::Isolates => "isolates",
            Applied::Undecided => "undecided",
        };
        let policies = step.policies.iter().filter_map(|number| network.policies().get(*number));
        let written = policies.map(|policy| {
            let rule = step.rule.and_then(|number| policy.rules(direction)?.iter().find(|it| it.number == number));
            let mark = rule.map_or(policy.resource.root.mark, |rule| rule.node.mark);
            WrittenIn { policy: policy.resource.reference(), location: policy.resource.locate(mark) }
        });
        Decides {
            applied,
            certain: step.certain,
            family: step.family.map(|family| if family == Family::V4 { "IPv4" } else { "IPv6" }),
            ports: ports(&step.ports),
            rule: step.rule,
            policies: written.collect(),
        }
    }
}
