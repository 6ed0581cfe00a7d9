//! # What it is
//! Get, list or watch on Secrets: each answers with what the Secret holds. By name each of the three reads that
//! one, list and watch by a field selector. Only Secrets that hold a token lead further; since 1.24 none is made
//! unless somebody asks for it.
//!
//! # Source
//! pkg/registry/core/secret, k8s.io/apiserver/pkg/endpoints/request/requestinfo.go (metadata.name).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! resourceNames; encryption at rest does not.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! read-token-secret); the closure was asked too. By get; that list and watch show the same, and by a name what
//! carries it, is argued (requestinfo.go) and compared for the authoriser by `cargo xtask judge rbac`.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const RIGHTS: &[Target] = &[Target::inside(&["get", "list", "watch"], "", "secrets")];

pub(super) const EDGE: Edge = Edge::new("read", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let vertices: Vec<Vertex<'a>> = match (right.names, right.scope) {
        (Names::Any, scope) => vec![Vertex::Can(Power::ReadSecrets, scope)],
        (Names::Of(names), Scope::One(namespace)) => {
            let some = Vertex::Can(Power::ReadSomeSecret, right.scope);
            names.iter().map(|name| Vertex::Secret(namespace, name)).chain([some]).collect()
        }
        (Names::Of(names), scope) => {
            let secrets = sketch.inventory.of_kind("Secret").filter(|secret| names.contains(&&*secret.name));
            let secrets = secrets.map(|secret| Vertex::Secret(secret.namespace_or_default(), &secret.name));
            secrets.chain([Vertex::Can(Power::ReadSomeSecret, scope)]).collect()
        }
    };
    for vertex in vertices {
        let to = sketch.graph.vertex(vertex);
        sketch.by_right(EdgeKind::ReadTokenSecret, right, to, Conditions::NONE);
    }
}
