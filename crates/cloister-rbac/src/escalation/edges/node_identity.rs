//! # What it is
//! Root on a node has the kubelet's certificate: the user system:node:NAME in the group system:nodes. The node
//! authoriser gives it the Secrets, ConfigMaps and tokens of its pods, which root has anyway; the rest is what is
//! bound to the group.
//!
//! # Source
//! plugin/pkg/auth/authorizer/node/node_authorizer.go, plugin/pkg/admission/noderestriction.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Binding nothing to system:nodes.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! node-identity). The closure was not asked, since both playings lead over it. What is bound to system:nodes is the
//! authoriser's rule, which `cargo xtask judge rbac` compares.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const GROUP: Vertex<'static> = Vertex::Group("system:nodes");

pub(super) const EDGE: Edge = Edge::new("use the kubelet's certificate", 1).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    let of_group: Vec<Vertex<'_>> = [GROUP].into_iter().filter(|group| sketch.graph.find(group).is_some()).collect();
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in known {
        let name = match vertex {
            Vertex::Node(name) => Some(name),
            Vertex::Can(Power::AnyNodeIdentity | Power::OwnNode, Scope::Cluster) => None,
            _ => continue,
        };
        let from = sketch.graph.vertex(vertex);
        if name.is_some() {
            let own = sketch.can_all(Power::OwnNode);
            sketch.follows(EdgeKind::Includes, from, own, Conditions::NONE);
        }
        for group in &of_group {
            let to = sketch.graph.vertex(*group);
            sketch.by_nature(EdgeKind::NodeIdentity, from, to, Conditions::NONE);
        }
    }
}
