//! # What it is
//! A service account whose annotation names a cloud identity (AWS IRSA, GKE Workload Identity, Azure Workload Identity) can
//! be that identity in the cloud, by a token for the cloud's audience: one that a pod mounts, or that is requested. Who
//! takes the account by impersonation alone has no such token; the flag if-token says so. Root on a node, and code in a
//! pod with the node's network, reach the node's own cloud identity at the metadata service. What it may do there is
//! outside the cluster and not seen: it is an end.
//!
//! # Source
//! The manuals of Amazon EKS (eks.amazonaws.com/role-arn), Google Kubernetes Engine (iam.gke.io/gcp-service-account)
//! and Azure Workload Identity (azure.workload.identity/client-id); k8s.io/api/core/v1 (`NodeSpec.ProviderID`).
//!
//! # Since
//! Wherever the cloud trusts the cluster's tokens; the annotation alone does not prove it.
//!
//! # What cuts it
//! A policy in the cloud that names other accounts; for the metadata service, a hop limit of 1 and pods without the
//! node's network; egress policies for the other pods, which are not drawn. EKS Pod Identity stands in the cloud alone,
//! and is not seen.
//!
//! # Proof
//! Argued from the manuals: there is no such cloud to climb in.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const ANNOTATIONS: [&str; 3] =
    ["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];

pub(super) const EDGE: Edge = Edge::new("take its identity in the cloud", 1).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    accounts(sketch);
    nodes(sketch);
}

fn accounts(sketch: &mut Sketch<'_, '_>) {
    for account in sketch.inventory.of_kind("ServiceAccount") {
        let vertex = Vertex::Account(account.namespace_or_default(), &account.name);
        let Some(from) = sketch.graph.find(&vertex) else { continue };
        let annotations = account.root.at("metadata/annotations");
        let named = ANNOTATIONS.into_iter().filter_map(|key| annotations?.get(key));
        for node in named.filter(|node| node.as_str().is_some_and(|name| !name.is_empty())) {
            let to = sketch.graph.vertex(Vertex::Cloud(node.as_str().unwrap_or_default()));
            sketch.by_object(EdgeKind::CloudIdentity, (from, to), (account, node), Conditions::IF_TOKEN);
        }
    }
}

/// Nodes of clouds have an identity of their own, if only to join the cluster.
fn nodes(sketch: &mut Sketch<'_, '_>) {
    let provided = sketch.world.nodes.values().flatten().find_map(|node| {
        let id = node.root.at("spec/providerID")?;
        let cloud = id.as_str()?.split_once("://").map(|(cloud, _)| cloud)?;
        ["aws", "gce", "azure"].contains(&cloud).then_some((*node, id, cloud))
    });
    let Some((node, id, cloud)) = provided else { return };
    let pods = (0..number(sketch.world.workloads.len()))
        .filter(|&workload| sketch.pod(workload).is_some_and(|pod| pod.spec.bool_at("hostNetwork") == Some(true)));
    let pods = pods.map(Vertex::Pod).chain([Vertex::Can(Power::OwnNode, Scope::Cluster)]);
    let from: Vec<u32> = pods.filter_map(|vertex| sketch.graph.find(&vertex)).collect();
    for from in from {
        let to = sketch.graph.vertex(Vertex::CloudNode(cloud));
        sketch.by_object(EdgeKind::CloudIdentity, (from, to), (node, id), Conditions::NONE);
    }
}
