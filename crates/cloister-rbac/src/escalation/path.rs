//! Paths as they are told: who does what, by which right.

use cloister_model::Place;

use super::Closure;
use super::conditions::Conditions;
use super::draw::identity;
use super::edges::EdgeKind;
use super::graph::{Edge, Proof};
use super::right::{Names, Target};
use super::search::Search;
use super::vertex::{Scope, Vertex};
use crate::policy::index;
use crate::{Action, Grant, Identity, ResourceAction, Rule};

/// A way from somebody to something.
#[derive(Clone, Debug)]
pub struct Path<'p, 'a> {
    /// Who climbs.
    pub from: Vertex<'a>,
    /// What they reach.
    pub to: Vertex<'a>,
    /// What they do, in order.
    pub steps: Vec<Step<'p, 'a>>,
}

/// One thing that is done, or that is so.
#[derive(Clone, Debug)]
pub struct Step<'p, 'a> {
    /// What.
    pub kind: EdgeKind,
    /// Who does it: the last identity on the way.
    pub actor: Vertex<'a>,
    /// What is reached by it.
    pub to: Vertex<'a>,
    /// What it hangs on.
    pub conditions: Conditions,
    /// What shows it.
    pub proof: Vec<Evidence<'p, 'a>>,
}

/// What shows a step.
#[derive(Clone, Debug)]
pub enum Evidence<'p, 'a> {
    /// A rule that is held by a binding, and the request that it allows to the identity.
    Grant {
        /// Binding, subject, role and rule.
        grant: Box<Grant<'p, 'a>>,
        /// Whose request.
        identity: Identity,
        /// The request.
        action: Action,
    },
    /// A rule of a role that was taken on the way.
    Rule(&'p Rule<'a>),
    /// A place in an object.
    Object(Place<'a>),
}

impl Path<'_, '_> {
    /// How many things somebody has to do.
    pub fn length(&self) -> usize {
        self.steps.iter().filter(|step| step.kind.is_step()).count()
    }

    /// What the whole way hangs on.
    pub fn conditions(&self) -> Conditions {
        self.steps.iter().fold(Conditions::NONE, |all, step| all.and(step.conditions))
    }
}

/// The way as it is put together.
struct Telling<'t, 'p, 'a> {
    closure: &'t Closure<'p, 'a>,
    steps: Vec<Step<'p, 'a>>,
    actor: Vertex<'a>,
    binding: Option<(u32, u32)>,
    /// Conditions of what comes before the next step.
    before: Conditions,
}

impl<'p, 'a> Closure<'p, 'a> {
    /// Tells a way by its edges.
    pub(super) fn tell(&self, from: u32, to: u32, edges: &[u32], scratch: &mut Search) -> Path<'p, 'a> {
        let vertex = |number: u32| self.sketch.graph.at(number).unwrap_or(Vertex::Admin);
        let actor = vertex(from);
        let mut telling = Telling { closure: self, steps: Vec::new(), actor, binding: None, before: Conditions::NONE };
        telling.follow(edges, scratch);
        Path { from: vertex(from), to: vertex(to), steps: telling.steps }
    }
}

impl<'p, 'a> Telling<'_, 'p, 'a> {
    fn follow(&mut self, edges: &[u32], scratch: &mut Search) {
        for edge in edges.iter().filter_map(|&edge| self.closure.sketch.graph.edge(edge).copied()) {
            let to = self.closure.sketch.graph.at(edge.to).unwrap_or(Vertex::Admin);
            match (edge.kind, to) {
                (EdgeKind::Includes, Vertex::Together(number)) => self.all_of(edge.from, number, scratch),
                (EdgeKind::HoldsRole, _) => {
                    if let Proof::Binding(binding, subject) = edge.proof {
                        self.binding = Some((binding, subject));
                    }
                    self.before = self.before.and(edge.conditions);
                }
                (EdgeKind::GroupMember, _) => self.before = self.before.and(edge.conditions),
                _ => self.step(&edge, to),
            }
            if to.is_identity() {
                // A group is what somebody is by the way: the request is still theirs.
                if edge.kind != EdgeKind::GroupMember {
                    self.actor = to;
                    self.binding = None;
                }
            } else if !matches!(to, Vertex::Role(..)) || edge.kind != EdgeKind::HoldsRole {
                self.binding = None;
            }
        }
    }

    /// The ways to each of several things, one after the other.
    fn all_of(&mut self, from: u32, number: u32, scratch: &mut Search) {
        let Some(together) = self.closure.sketch.together.get(index(number)) else { return };
        let (actor, binding) = (self.actor, self.binding);
        for need in together.needs.iter().map(|need| need.own) {
            scratch.run_until(&self.closure.sketch.graph, &[from], false, Some(need));
            (self.actor, self.binding) = (actor, binding);
            let edges = scratch.path(&self.closure.sketch.graph, need, false);
            self.follow(&edges, scratch);
        }
    }

    fn step(&mut self, edge: &Edge<'a>, to: Vertex<'a>) {
        let proof = self.proof(edge);
        let stands_alone = edge.weight > 0
            || matches!(edge.kind, EdgeKind::EveryRight | EdgeKind::SystemMasters)
            || self.steps.is_empty();
        if stands_alone {
            let conditions = std::mem::take(&mut self.before).and(edge.conditions);
            self.steps.push(Step { kind: edge.kind, actor: self.actor, to, conditions, proof });
        } else if let Some(last) = self.steps.last_mut() {
            last.to = to;
            last.conditions = last.conditions.and(edge.conditions);
            last.proof.extend(proof);
        }
    }

    fn proof(&self, edge: &Edge<'a>) -> Vec<Evidence<'p, 'a>> {
        let sketch = &self.closure.sketch;
        match edge.proof {
            Proof::Always | Proof::Binding(..) => Vec::new(),
            Proof::Object(resource, node) => vec![Evidence::Object(Place::of(resource, node))],
            Proof::Rule(rule) => self.evidence(edge.kind, self.binding, rule).into_iter().collect(),
            Proof::Rights(list) => {
                let rights = sketch.rights.get(index(list)).into_iter().flatten();
                rights.filter_map(|(binding, rule)| self.evidence(edge.kind, binding.or(self.binding), *rule)).collect()
            }
        }
    }

    fn evidence(&self, kind: EdgeKind, by: Option<(u32, u32)>, number: u32) -> Option<Evidence<'p, 'a>> {
        let policy = self.closure.sketch.policy;
        let rule = policy.rules.get(index(number))?;
        let grant = by.and_then(|by| {
            let mut grants = policy.grants_of(by);
            grants.find(|grant| std::ptr::eq(grant.rule, rule))
        });
        let Some(grant) = grant else { return Some(Evidence::Rule(rule)) };
        let namespace = grant.binding.namespace;
        let scope = if namespace.is_empty() { Scope::Cluster } else { Scope::One(namespace) };
        let action = kind.edge().rights.iter().find_map(|target| request(target, rule, scope))?;
        let identity = identity(&self.actor, self.closure.askers());
        Some(Evidence::Grant { grant: Box::new(grant), identity, action })
    }
}

/// A request that a rule allows for an edge's right.
fn request(target: &Target, rule: &Rule<'_>, scope: Scope<'_>) -> Option<Action> {
    let (verb, names) = target.given(rule)?;
    let scope = target.scope(scope)?;
    let name = match names {
        Names::Any => "",
        Names::Of(names) => names.first().copied().unwrap_or_default(),
    };
    let is_constraint = target.resource.is_empty();
    Some(Action::Resource(ResourceAction {
        verb: if is_constraint { rule.verbs.first().copied().unwrap_or(verb).to_owned() } else { verb.to_owned() },
        group: if is_constraint { rule.groups.first().copied() } else { Some(target.group) }
            .unwrap_or_default()
            .to_owned(),
        resource: if is_constraint { rule.resources.first().copied() } else { Some(target.resource) }
            .unwrap_or_default()
            .to_owned(),
        subresource: target.subresource.to_owned(),
        name: name.to_owned(),
        namespace: if let Scope::One(namespace) = scope { namespace.to_owned() } else { String::new() },
        ..ResourceAction::default()
    }))
}
