//! # What it is
//! Root on a node of the control plane has the cluster's keys: the certificate authority, the key of service
//! account tokens, the administrator's file, the store. Where no node was read, it takes a control plane whose
//! nodes take pods.
//!
//! # Source
//! cmd/kubeadm/app/constants, pkg/serviceaccount/jwt.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! A control plane that others run; tolerations refused by policy.
//!
//! # Proof
//! Argued from the source: kubeadm writes admin.conf, which is system:masters or kubeadm:cluster-admins, the
//! cluster's keys and etcd's data there (constants.go).

use cloister_model::Resource;

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const LABELS: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

pub(super) const EDGE: Edge = Edge::new("take the keys of the control plane", 1).world(draw);

fn is_control_plane(node: &Resource) -> bool {
    node.labels().iter().any(|label| LABELS.contains(&&*label.key))
}

fn draw(sketch: &mut Sketch<'_, '_>) {
    let nodes: Vec<(&str, Option<&Resource>)> = sketch.world.nodes.iter().map(|(name, node)| (*name, *node)).collect();
    for (name, node) in &nodes {
        let Some(node) = node.filter(|node| is_control_plane(node)) else { continue };
        if let Some(from) = sketch.graph.find(&Vertex::Node(name)) {
            let to = sketch.graph.vertex(Vertex::Admin);
            sketch.by_object(EdgeKind::ControlPlaneNode, (from, to), (node, &node.root), Conditions::NONE);
        }
    }
    let is_unknown = !nodes.iter().any(|(_, node)| node.is_some()) && !sketch.world.is_whole;
    let any = sketch.graph.find(&Vertex::Can(Power::AnyNode, Scope::Cluster));
    if let Some(from) = any.filter(|_| is_unknown) {
        let to = sketch.graph.vertex(Vertex::Admin);
        sketch.by_nature(EdgeKind::ControlPlaneNode, from, to, Conditions::IF_EXISTS);
    }
}
