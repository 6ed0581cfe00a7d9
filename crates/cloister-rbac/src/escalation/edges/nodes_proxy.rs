//! # What it is
//! Get or create on nodes/proxy, at the API server or at the kubelet itself: the kubelet runs commands in every pod
//! of the node, by a websocket that opens with GET. No gate changes that. Neither admission nor audit sees it where
//! the kubelet is asked directly. nodes/metrics, nodes/stats, nodes/log, and since 1.33 nodes/pods, nodes/healthz
//! and nodes/configz, give no command.
//!
//! # Source
//! pkg/kubelet/server/auth.go, pkg/kubelet/server/server.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! resourceNames limit it to nodes; the finer subresources of KubeletFineGrainedAuthz (1.33) make it needless for
//! monitoring.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! nodes-proxy-log, nodes-proxy-exec); the closure was asked too. That neither nodes/log nor another subresource
//! suffices for commands is argued (`GetRequestAttributes` in auth.go).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const RIGHTS: &[Target] = &[Target::outside(&["get", "create"], "", "nodes").below("proxy")];

pub(super) const EDGE: Edge = Edge::new("run commands in pods through the kubelet", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let vertices: Vec<Vertex<'a>> = match right.names {
        Names::Any => vec![Vertex::Can(Power::EnterPods, Scope::Namespaces)],
        Names::Of(names) => {
            let on = |nodes: &std::collections::BTreeSet<&str>| names.iter().any(|name| nodes.contains(name));
            let workloads = (0..number(sketch.world.workloads.len())).zip(&sketch.world.workloads);
            workloads.filter(|(_, workload)| on(&workload.nodes)).map(|(number, _)| Vertex::Pod(number)).collect()
        }
    };
    for vertex in vertices {
        let to = sketch.graph.vertex(vertex);
        sketch.by_right(EdgeKind::NodesProxy, right, to, Conditions::NONE);
    }
}
