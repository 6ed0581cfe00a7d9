//! # What it is
//! What holds for all holds for each: every namespace for one namespace, any service account for this one, the pods
//! of a namespace for its workloads, any node for each node.
//!
//! # Source
//! The meaning of the words.
//!
//! # Since
//! Does not apply.
//!
//! # What cuts it
//! Nothing.
//!
//! # Proof
//! Needs none: it follows from what the words mean.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

pub(super) const EDGE: Edge = Edge::new("have each of them", 0).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    people(sketch);
    nodes(sketch);
    pods(sketch);
    accounts(sketch);
    secrets(sketch);
    narrower(sketch);
}

fn link(sketch: &mut Sketch<'_, '_>, from: u32, to: u32, conditions: Conditions) {
    sketch.by_nature(EdgeKind::Includes, from, to, conditions);
}

/// Each namespace of a capability in all of them.
fn narrower(sketch: &mut Sketch<'_, '_>) {
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in known {
        let Vertex::Can(power, scope @ Scope::One(_)) = vertex else { continue };
        let to = sketch.can(power, scope);
        if let Some(from) = sketch.graph.find(&Vertex::Can(power, Scope::Namespaces)) {
            link(sketch, from, to, Conditions::NONE);
        }
    }
}

fn people(sketch: &mut Sketch<'_, '_>) {
    let find = |power| sketch.graph.find(&Vertex::Can(power, Scope::Cluster));
    let (user, identity) = (find(Power::AnyUser), find(Power::AnyIdentity));
    if user.is_none() && identity.is_none() {
        return;
    }
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in known {
        let to = sketch.graph.vertex(vertex);
        let is_user = matches!(vertex, Vertex::User(_));
        let is_other =
            matches!(vertex, Vertex::AccountsOf(_)) || matches!(vertex, Vertex::Group(name) if name != crate::MASTERS);
        if let Some(from) = user.filter(|_| is_user) {
            link(sketch, from, to, Conditions::NONE);
        }
        if let Some(from) = identity.filter(|_| is_user || is_other) {
            link(sketch, from, to, Conditions::NONE);
        }
    }
    if let Some(from) = identity {
        for power in [Power::BecomeAccounts, Power::AnyNodeIdentity] {
            let scope = if power == Power::BecomeAccounts { Scope::Namespaces } else { Scope::Cluster };
            let to = sketch.can(power, scope);
            link(sketch, from, to, Conditions::NONE);
        }
    }
}

/// Any node, some node, and each of them; where no node was read, whatever may run on one.
fn nodes(sketch: &mut Sketch<'_, '_>) {
    let find = |sketch: &Sketch<'_, '_>, power| sketch.graph.find(&Vertex::Can(power, Scope::Cluster));
    let any = find(sketch, Power::AnyNode);
    let some = find(sketch, Power::SomeNode);
    if let Some(some) = some {
        let to = sketch.can_all(Power::AnyNode);
        link(sketch, some, to, Conditions::IF_ON_NODE);
    }
    let Some(any) = any.or_else(|| find(sketch, Power::AnyNode)) else { return };
    let names: Vec<&str> = sketch.world.nodes.keys().copied().collect();
    for name in &names {
        let to = sketch.graph.vertex(Vertex::Node(name));
        link(sketch, any, to, Conditions::NONE);
    }
    let own = sketch.can_all(Power::OwnNode);
    for from in [Some(any), some].into_iter().flatten() {
        link(sketch, from, own, Conditions::NONE);
    }
    if names.is_empty() {
        let pods = sketch.can(Power::EnterPods, Scope::Namespaces);
        link(sketch, any, pods, Conditions::NONE);
    }
}

/// The workloads of a namespace. Where none are known, files do not tell that there are none.
fn pods(sketch: &mut Sketch<'_, '_>) {
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in known {
        let Vertex::Can(Power::EnterPods, scope) = vertex else { continue };
        let from = sketch.graph.vertex(vertex);
        let workloads: Vec<u32> = match scope {
            Scope::One(namespace) => sketch.world.workloads_in(namespace).to_vec(),
            _ => (0..number(sketch.world.workloads.len())).collect(),
        };
        let is_silent = workloads.is_empty() || scope == Scope::Namespaces;
        for workload in workloads {
            let to = sketch.graph.vertex(Vertex::Pod(workload));
            link(sketch, from, to, Conditions::NONE);
        }
        if is_silent && !sketch.world.is_whole {
            let to = sketch.can(Power::BecomeAccounts, scope);
            link(sketch, from, to, Conditions::IF_EXISTS);
        }
    }
}

/// Each service account, by its namespace where it is one of all.
fn accounts(sketch: &mut Sketch<'_, '_>) {
    let is_all = sketch.graph.find(&Vertex::Can(Power::BecomeAccounts, Scope::Namespaces)).is_some();
    let namespaces: Vec<&str> = sketch.world.accounts.keys().copied().collect();
    for namespace in namespaces {
        let vertex = Vertex::Can(Power::BecomeAccounts, Scope::One(namespace));
        if !is_all && sketch.graph.find(&vertex).is_none() {
            continue;
        }
        let from = sketch.graph.vertex(vertex);
        let names: Vec<&str> = sketch.world.accounts.get(namespace).into_iter().flatten().copied().collect();
        for name in names {
            let to = sketch.graph.vertex(Vertex::Account(namespace, name));
            link(sketch, from, to, Conditions::NONE);
        }
    }
}

/// Each Secret that gives an identity.
fn secrets(sketch: &mut Sketch<'_, '_>) {
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in known {
        let Vertex::Secret(namespace, _) = vertex else { continue };
        let to = sketch.graph.vertex(vertex);
        for scope in [Scope::One(namespace), Scope::Namespaces] {
            if let Some(from) = sketch.graph.find(&Vertex::Can(Power::ReadSecrets, scope)) {
                link(sketch, from, to, Conditions::NONE);
            }
        }
    }
    for scope in sketch.instances(&[Power::ReadSecrets]).into_iter().map(|(scope, _)| scope) {
        let (from, to) = (sketch.can(Power::ReadSecrets, scope), sketch.can(Power::ReadSomeSecret, scope));
        link(sketch, from, to, Conditions::NONE);
    }
}
