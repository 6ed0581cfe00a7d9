//! Where edges draw themselves.

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Node, Resource};
use foldhash::HashMap;

use super::admission::{Admission, Admitted, Answer};
use super::conditions::Conditions;
use super::directory::Directory;
use super::edges::EdgeKind;
use super::graph::{Edge, Graph, Proof, number};
use super::holder::Holder;
use super::right::Right;
use super::vertex::{Power, Scope, Vertex};
use super::world::World;
use super::{together::Need, together::Together};
use crate::Policy;
use crate::ServerRules;
use crate::policy::index;

/// A rule that an identity holds: binding and subject where there is one, and the rule, all by number.
pub(crate) type Held = (Option<(u32, u32)>, u32);

/// What is drawn, and what edges look at.
#[derive(Debug)]
pub(crate) struct Sketch<'p, 'a> {
    pub policy: &'p Policy<'a>,
    pub inventory: &'a Inventory,
    pub rules: ServerRules,
    pub world: World<'a>,
    pub directory: Directory<'a>,
    pub admission: Admission<'a>,
    pub graph: Graph<'a>,
    pub together: Vec<Together>,
    pub known_together: HashMap<(EdgeKind, Box<[u32]>, u32), u32>,
    /// Lists of rules, for [`Proof::Rights`].
    pub rights: Vec<Vec<Held>>,
}

impl<'p, 'a> Sketch<'p, 'a> {
    /// The vertex of a capability.
    pub fn can(&mut self, power: Power, scope: Scope<'a>) -> u32 {
        self.graph.vertex(Vertex::Can(power, scope))
    }

    /// A capability of the whole cluster.
    pub fn can_all(&mut self, power: Power) -> u32 {
        self.can(power, Scope::Cluster)
    }

    /// An edge by one right.
    pub fn by_right(&mut self, kind: EdgeKind, right: &Right<'_, 'a>, to: u32, conditions: Conditions) {
        let Some(admitted) = self.admits(kind, right) else { return };
        let conditions = conditions.and(admitted);
        let weight = kind.edge().steps;
        self.graph.add(Edge { from: right.from, to, kind, weight, conditions, proof: right.proof });
    }

    /// An edge by several rights of one holder.
    pub fn by_rights(
        &mut self,
        kind: EdgeKind,
        holder: &Holder<'_, 'p, 'a>,
        used: &[&Right<'p, 'a>],
        to: u32,
        conditions: Conditions,
    ) {
        let mut all = conditions;
        for right in used {
            let Some(admitted) = self.admits(kind, right) else { return };
            all = all.and(admitted);
        }
        let proof = Proof::Rights(number(self.rights.len()));
        self.rights.push(used.iter().filter_map(|right| right.by).collect());
        let weight = kind.edge().steps;
        self.graph.add(Edge { from: holder.vertex, to, kind, weight, conditions: all, proof });
    }

    /// What must be so for an edge by its nature: it counts for no step of its own unless its kind does.
    pub fn by_nature(&mut self, kind: EdgeKind, from: u32, to: u32, conditions: Conditions) {
        let weight = kind.edge().steps;
        self.graph.add(Edge { from, to, kind, weight, conditions, proof: Proof::Always });
    }

    /// What follows from another edge of the same kind, and is no step of its own.
    pub fn follows(&mut self, kind: EdgeKind, from: u32, to: u32, conditions: Conditions) {
        self.graph.add(Edge { from, to, kind, weight: 0, conditions, proof: Proof::Always });
    }

    /// What an object shows.
    pub fn by_object(
        &mut self,
        kind: EdgeKind,
        (from, to): (u32, u32),
        (resource, node): (&'a Resource, &'a Node),
        conditions: Conditions,
    ) {
        let (weight, proof) = (kind.edge().steps, Proof::Object(resource, node));
        self.graph.add(Edge { from, to, kind, weight, conditions, proof });
    }

    /// What takes several vertices at once. Said twice, it is one.
    pub fn together(&mut self, kind: EdgeKind, needs: &[Need], to: u32, conditions: Conditions) {
        let next = number(self.together.len());
        let key = (kind, needs.iter().map(|need| need.own).collect(), to);
        let place = *self.known_together.entry(key).or_insert(next);
        let own = self.graph.vertex(Vertex::Together(place));
        if place == next {
            self.together.push(Together { vertex: own, needs: needs.into() });
        }
        self.follows(kind, own, to, conditions);
    }

    /// The pod of a workload.
    pub fn pod(&self, workload: u32) -> Option<Pod<'a>> {
        self.world.workloads.get(index(workload)).map(|workload| workload.pod)
    }

    /// Whether privileged pods are let into a namespace of this scope, and if that is certain.
    pub fn is_open(&self, scope: Scope<'a>) -> Option<Conditions> {
        match scope {
            Scope::One(namespace) => self.admission.lets_privileged_in([namespace]),
            _ => self.admission.lets_privileged_in(self.world.namespaces.iter().copied()),
        }
    }

    /// What becomes of the pods that a workload's controller creates.
    pub fn admits_pods(&self) -> Option<Conditions> {
        let request = Admitted { operation: "CREATE", group: "", resource: "pods", subresource: "" };
        match self.admission.answer(request) {
            Answer::Open(conditions) => Some(conditions),
            Answer::Refused => None,
        }
    }

    /// From each workload where `shows` finds something to the nodes of its pods.
    pub fn draw_nodes(&mut self, kind: EdgeKind, shows: impl Fn(&Pod<'a>) -> Option<&'a Node>) {
        for number in 0..number(self.world.workloads.len()) {
            let Some(from) = self.graph.find(&Vertex::Pod(number)) else { continue };
            let Some((pod, node)) = self.pod(number).and_then(|pod| Some((pod, shows(&pod)?))) else { continue };
            for vertex in self.nodes_of(number) {
                let to = self.graph.vertex(vertex);
                self.by_object(kind, (from, to), (pod.resource, node), Conditions::NONE);
            }
        }
    }

    fn nodes_of(&self, number: u32) -> Vec<Vertex<'a>> {
        let Some(workload) = self.world.workloads.get(index(number)) else { return Vec::new() };
        if !workload.nodes.is_empty() {
            return workload.nodes.iter().map(|name| Vertex::Node(name)).collect();
        }
        let power = if workload.is_everywhere() { Power::AnyNode } else { Power::SomeNode };
        vec![Vertex::Can(power, Scope::Cluster)]
    }

    /// For each scope in which one of these capabilities is had by itself and the others as widely or wider: their
    /// vertices.
    pub fn instances(&self, powers: &[Power]) -> Vec<(Scope<'a>, Vec<Need>)> {
        let scopes = self.graph.vertices().iter().filter_map(|vertex| match vertex {
            Vertex::Can(power, scope) if powers.contains(power) => Some(*scope),
            _ => None,
        });
        let mut scopes: Vec<Scope<'a>> = scopes.collect();
        scopes.sort_unstable();
        scopes.dedup();
        let need = |power: &Power, scope: Scope<'a>| {
            let wider = [Scope::Namespaces, Scope::Cluster].into_iter().filter(|wider| *wider != scope);
            let find = |scope| self.graph.find(&Vertex::Can(*power, scope));
            let wider = wider.filter_map(find).next();
            let own = find(scope);
            Some(Need { own: own.or(wider)?, wider: own.and(wider) })
        };
        let all = |scope: &Scope<'a>| powers.iter().map(|power| need(power, *scope)).collect::<Option<Vec<Need>>>();
        scopes.into_iter().filter_map(|scope| Some((scope, all(&scope)?))).collect()
    }

    /// Whether admission lets the request through, and if that is certain.
    fn admits(&self, kind: EdgeKind, right: &Right<'_, '_>) -> Option<Conditions> {
        let target = kind.edge().rights.get(right.which)?;
        let verb = target.verbs.first()?;
        let request = Admitted::by_verb(verb, target.group, target.resource, target.subresource);
        match request.map_or(Answer::Open(Conditions::NONE), |request| self.admission.answer(request)) {
            Answer::Open(conditions) => Some(conditions),
            Answer::Refused => None,
        }
    }
}
