//! # What it is
//! Code in a pod reads the Secrets that it mounts or has in its environment, whether by volumes, projected volumes,
//! env or envFrom.
//!
//! # Source
//! pkg/kubelet, k8s.io/api/core/v1.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Not mounting them.
//!
//! # Proof
//! That a pod reads what it mounts is climbed as create-pod (mounted-secret); that who enters it reads the same is
//! argued: it is in the container's files and variables.

use cloister_inventory::Pod;
use cloister_model::Node;

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Vertex;

pub(super) const EDGE: Edge = Edge::new("read the pod's Secrets", 0).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    for workload in 0..number(sketch.world.workloads.len()) {
        let Some(pod) = sketch.pod(workload) else { continue };
        let Some(from) = sketch.graph.find(&Vertex::Pod(workload)) else { continue };
        for (name, node) in secrets(&pod) {
            let to = sketch.graph.vertex(Vertex::Secret(pod.namespace(), name));
            sketch.by_object(EdgeKind::PodSecret, (from, to), (pod.resource, node), Conditions::NONE);
        }
    }
}

/// The names of the Secrets that a pod reads, and where they stand.
pub(super) fn secrets<'a>(pod: &Pod<'a>) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
    let of_volume = |volume: &'a Node| {
        let own = volume.at("secret/secretName").into_iter();
        own.chain(volume.items_at("projected/sources").iter().filter_map(|source| source.at("secret/name")))
    };
    let volumes = pod.volumes().iter().flat_map(of_volume);
    let of_container = |container: cloister_inventory::Container<'a>| {
        let env = container.node.items_at("env").iter().filter_map(|entry| entry.at("valueFrom/secretKeyRef/name"));
        env.chain(container.node.items_at("envFrom").iter().filter_map(|entry| entry.at("secretRef/name")))
    };
    let nodes = volumes.chain(pod.containers().flat_map(of_container));
    nodes.filter_map(|node| Some((node.as_str()?, node)))
}
