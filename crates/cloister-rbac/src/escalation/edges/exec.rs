//! # What it is
//! Create on pods/exec runs a command in a pod. Before 1.35, get on pods/exec did as well: a websocket opens by
//! GET, and only the verb of that was asked. Since then create is asked for too
//! (AuthorizePodWebsocketUpgradeCreatePermission, on by default). get on pods, which kubectl needs, is not asked
//! for.
//!
//! # Source
//! pkg/registry/core/pod/rest/subresources.go (`ensureAuthorizedForVerb`).
//!
//! # Since
//! Every version; get alone until 1.35.
//!
//! # What cuts it
//! resourceNames; webhooks on the operation CONNECT.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md: exec,
//! exec-by-websocket); the closure was asked too. The second with the rules of 1.37; that get sufficed until 1.35 is
//! argued (`ensureAuthorizedForVerb`).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const RIGHTS: &[Target] =
    &[Target::inside(&["create"], "", "pods").below("exec"), Target::inside(&["get"], "", "pods").below("exec")];

pub(super) const EDGE: Edge = Edge::new("run a command in a pod", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if opens(sketch, right) {
        enter(sketch, EdgeKind::Exec, right, Conditions::NONE);
    }
}

/// Whether this verb opens a connection by the server's rules: the second of the rights is get.
pub(super) fn opens(sketch: &Sketch<'_, '_>, right: &Right<'_, '_>) -> bool {
    right.which == 0 || sketch.rules.get_opens
}

/// Code in pods: all of a scope, or those that are named and known.
pub(super) fn enter<'a>(sketch: &mut Sketch<'_, 'a>, kind: EdgeKind, right: &Right<'_, 'a>, conditions: Conditions) {
    let vertices: Vec<Vertex<'a>> = match (right.names, right.scope) {
        (Names::Any, scope) => vec![Vertex::Can(Power::EnterPods, scope)],
        (Names::Of(names), Scope::One(namespace)) => {
            names.iter().flat_map(|name| sketch.world.with_pod(namespace, name)).map(Vertex::Pod).collect()
        }
        (Names::Of(names), _) => {
            let everywhere = sketch
                .world
                .namespaces
                .iter()
                .flat_map(|namespace| names.iter().flat_map(|name| sketch.world.with_pod(namespace, name)));
            everywhere.map(Vertex::Pod).collect()
        }
    };
    for vertex in vertices {
        let to = sketch.graph.vertex(vertex);
        sketch.by_right(kind, right, to, conditions);
    }
}
