//! # What it is
//! Code in a pod reads the token of its service account, where one is mounted: by default, unless the pod or, where
//! it says nothing, the account says no; or as a projected volume for the API server.
//!
//! # Source
//! plugin/pkg/admission/serviceaccount/admission.go (`shouldAutomount`).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! automountServiceAccountToken: false.
//!
//! # Proof
//! That a pod has its account's token is climbed as create-pod and exec; when it has none is argued from the source
//! (`shouldAutomount`). A node's right to tokens for its pods is the node authoriser's, which `cargo xtask judge
//! rbac` compares.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::escape::holds_token;
use crate::escalation::graph::number;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

pub(super) const EDGE: Edge = Edge::new("read the pod's token", 0).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    let nodes = sketch.graph.find(&Vertex::Can(Power::AnyNodeIdentity, Scope::Cluster));
    for workload in 0..number(sketch.world.workloads.len()) {
        let Some(pod) = sketch.pod(workload) else { continue };
        let account = Vertex::Account(pod.namespace(), pod.service_account());
        // A node may request tokens for the accounts of its pods, mounted or not.
        if let Some(from) = nodes {
            let to = sketch.graph.vertex(account);
            sketch.follows(EdgeKind::PodAccount, from, to, Conditions::NONE);
        }
        let Some(from) = sketch.graph.find(&Vertex::Pod(workload)) else { continue };
        if holds_token(sketch.inventory, &pod) {
            let to = sketch.graph.vertex(account);
            let place = (pod.resource, pod.spec.get("serviceAccountName").unwrap_or(pod.spec));
            sketch.by_object(EdgeKind::PodAccount, (from, to), place, Conditions::NONE);
        }
    }
}
