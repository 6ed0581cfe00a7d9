//! # What it is
//! Root on a node has its pods: their processes, tokens and volumes. Where a workload's nodes are not known, its
//! pods may run there.
//!
//! # Source
//! pkg/kubelet.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Keeping powerful pods on nodes of their own.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! node-pods). The closure was not asked, since both playings lead over it; tests of the closure have it.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

pub(super) const EDGE: Edge = Edge::new("take the pods of the node", 1).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    let any = sketch.graph.find(&Vertex::Can(Power::AnyNode, Scope::Cluster));
    for workload in 0..number(sketch.world.workloads.len()) {
        let found = sketch.world.workloads.get(crate::policy::index(workload));
        let nodes: Vec<&str> = found.map(|workload| workload.nodes.iter().copied().collect()).unwrap_or_default();
        let is_unknown = nodes.is_empty();
        for node in nodes {
            if let Some(from) = sketch.graph.find(&Vertex::Node(node)) {
                let to = sketch.graph.vertex(Vertex::Pod(workload));
                sketch.by_nature(EdgeKind::NodePods, from, to, Conditions::NONE);
            }
        }
        if let Some(from) = any.filter(|_| is_unknown) {
            let to = sketch.graph.vertex(Vertex::Pod(workload));
            sketch.by_nature(EdgeKind::NodePods, from, to, Conditions::NONE);
        }
    }
}
