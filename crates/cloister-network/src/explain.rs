//! Why a connection passes or not: each rule that has a part in it, in the order in which they are asked.

use crate::addresses::Family;
use crate::classes::{Class, Match, Sort};
use crate::evaluate::Asked;
use crate::network::Network;
use crate::policy::{Action, Direction, Rule, Tier};
use crate::ports::PortSet;
use crate::verdict::Verdict;

/// Both sides of a connection.
#[derive(Debug)]
pub struct Explanation {
    /// What is decided about the ports that were asked for.
    pub verdict: Verdict,
    /// The two ends are the same pod: nothing can stop it from reaching itself.
    pub itself: bool,
    /// The pods are in networks of their own, which do not meet.
    pub apart: bool,
    /// What the policies of the source say.
    pub egress: Side,
    /// What the policies of the destination say.
    pub ingress: Side,
}

/// What the policies of one end say.
#[derive(Debug)]
pub struct Side {
    /// Which end.
    pub direction: Direction,
    /// What is decided here about the ports that were asked for.
    pub verdict: Verdict,
    /// How, in the order in which the policies are asked.
    pub steps: Vec<Step>,
}

/// What a step does with its ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applied {
    /// A rule lets them through.
    Accepts,
    /// A rule stops them.
    Denies,
    /// A rule leaves them to the next tier.
    Passes,
    /// NetworkPolicies select the pod, and none of their rules allows them.
    Isolates,
    /// No policy decides: they are open.
    Undecided,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The policies, by number among those of the network: one with a rule, all that select the pod without one.
    pub policies: Vec<usize>,
    /// The number of the rule in its list, from 0.
    pub rule: Option<usize>,
    /// What is done.
    pub applied: Applied,
    /// Whether the input tells that the rule matches.
    pub certain: bool,
    /// The ports of the question that this is about.
    pub ports: PortSet,
    /// It is so over these addresses alone, where a connection is possible over both.
    pub family: Option<Family>,
}

impl<'a> Network<'a> {
    /// Why these ports are open or closed from one endpoint to another; `None` where there is no such endpoint.
    pub fn explain(&self, source: usize, destination: usize, ports: &PortSet) -> Option<Explanation> {
        let class = |endpoint| self.classes.get(self.class_of(endpoint)?);
        let (from, to) = (class(source)?, class(destination)?);
        let verdict = self.between_classes(from, to);
        let apart = from.is_pod() && to.is_pod() && from.network != to.network;
        let asked = |direction, pod, peer| self.explained(direction, pod, peer, ports);
        Some(Explanation {
            verdict: within(&verdict, ports),
            itself: source == destination,
            apart,
            egress: asked(Direction::Egress, from, to),
            ingress: asked(Direction::Ingress, to, from),
        })
    }

    fn explained(&self, direction: Direction, pod: &Class<'a>, peer: &Class<'a>, ports: &PortSet) -> Side {
        let families = Family::ALL.into_iter().zip(self.families(pod, peer));
        let possible: Vec<Family> = families.filter(|(_, it)| *it != Match::No).map(|(family, _)| family).collect();
        let mut told: Vec<(Family, Vec<Step>)> = Vec::new();
        let mut verdict: Option<Verdict> = None;
        for family in possible {
            let asked = Asked { direction, pod, peer, family };
            told.push((family, self.steps(asked, ports)));
            let said = within(&self.side(asked), ports);
            verdict = Some(verdict.map_or(said.clone(), |other| other.either(&said)));
        }
        Side { direction, verdict: verdict.unwrap_or_else(Verdict::closed), steps: joined(told) }
    }

    fn steps(&self, asked: Asked<'_, 'a>, ports: &PortSet) -> Vec<Step> {
        let profile = asked.pod.profile(asked.direction);
        let host = asked.pod.sort == Sort::HostPod;
        let mut told = Told { steps: Vec::new(), left: ports.clone(), passed: PortSet::default() };
        if !host {
            self.tier_steps(&profile.admin, asked, &mut told);
        }
        if !profile.network.is_empty() {
            self.network_steps(&profile.network, asked, &mut told);
        }
        if !host {
            self.tier_steps(&profile.baseline, asked, &mut told);
        }
        if !told.left.is_empty() {
            let (certain, ports) = (true, told.left.clone());
            told.steps.push(Step {
                policies: Vec::new(),
                rule: None,
                applied: Applied::Undecided,
                certain,
                ports,
                family: None,
            });
        }
        told.steps
    }

    fn tier_steps(&self, groups: &[Vec<usize>], asked: Asked<'_, 'a>, told: &mut Told) {
        for number in groups.iter().flatten() {
            let Some(policy) = self.policies.get(*number) else { continue };
            for rule in policy.rules(asked.direction).unwrap_or_default() {
                let Some(step) = self.step(*number, rule, policy.tier, asked, &told.left) else { continue };
                if step.certain {
                    told.left = told.left.difference(&step.ports);
                    if step.applied == Applied::Passes {
                        told.passed = told.passed.union(&step.ports);
                    }
                }
                told.steps.push(step);
            }
        }
        told.left = told.left.union(&std::mem::take(&mut told.passed));
    }

    fn network_steps(&self, numbers: &[usize], asked: Asked<'_, 'a>, told: &mut Told) {
        if told.left.is_empty() {
            return;
        }
        let mut sure = PortSet::default();
        for number in numbers {
            let Some(policy) = self.policies.get(*number) else { continue };
            for rule in policy.rules(asked.direction).unwrap_or_default() {
                let Some(step) = self.step(*number, rule, Tier::Network, asked, &told.left) else { continue };
                if step.certain {
                    sure = sure.union(&step.ports);
                }
                told.steps.push(step);
            }
        }
        let closed = told.left.difference(&sure);
        let certain = asked.pod.sort != Sort::HostPod;
        if !closed.is_empty() {
            let (policies, ports) = (numbers.to_vec(), closed);
            told.steps.push(Step { policies, rule: None, applied: Applied::Isolates, certain, ports, family: None });
        }
        if certain {
            told.left = PortSet::default();
        }
    }

    fn step(&self, policy: usize, rule: &Rule<'_>, tier: Tier, asked: Asked<'_, 'a>, left: &PortSet) -> Option<Step> {
        let matched = self.matches(rule, tier, asked.peer, asked.family);
        let ports = rule.ports.at(asked.named()).intersection(left);
        if matched == Match::No || ports.is_empty() {
            return None;
        }
        let applied = match rule.action {
            Action::Accept => Applied::Accepts,
            Action::Deny => Applied::Denies,
            Action::Pass => Applied::Passes,
        };
        let certain = matched == Match::Yes && (tier != Tier::Network || asked.pod.sort != Sort::HostPod);
        Some(Step { policies: vec![policy], rule: Some(rule.number), applied, certain, ports, family: None })
    }
}

/// Steps that are the same over both families once, the others with their family.
fn joined(told: Vec<(Family, Vec<Step>)>) -> Vec<Step> {
    let [(first, one), (second, other)] = match <[(Family, Vec<Step>); 2]>::try_from(told) {
        Ok(both) => both,
        Err(told) => return told.into_iter().flat_map(|(_, steps)| steps).collect(),
    };
    let mut steps: Vec<Step> = Vec::new();
    for step in &one {
        let family = (!other.contains(step)).then_some(first);
        steps.push(Step { family, ..step.clone() });
    }
    let alone = other.into_iter().filter(|step| !one.contains(step));
    steps.extend(alone.map(|step| Step { family: Some(second), ..step }));
    steps
}

/// Steps so far, and the ports that no step has decided.
struct Told {
    steps: Vec<Step>,
    left: PortSet,
    passed: PortSet,
}

/// The part of a verdict that is about these ports.
fn within(verdict: &Verdict, ports: &PortSet) -> Verdict {
    Verdict { allow: verdict.allow.intersection(ports), deny: verdict.deny.intersection(ports) }
}
