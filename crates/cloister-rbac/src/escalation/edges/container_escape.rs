//! # What it is
//! Code in a pod that has more of its node than a pod should: a privileged container, the node's processes with the
//! right to trace or administer, the capabilities SYS_ADMIN, SYS_MODULE, DAC_READ_SEARCH or SYS_RAWIO, a path of
//! the node from which credentials or programs are reached, the socket of a container runtime. Init and ephemeral
//! containers count. A user namespace of its own (hostUsers: false) takes the capabilities their force.
//!
//! # Source
//! capabilities(7), pkg/kubelet/kuberuntime, pkg/volume/hostpath.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Pod Security at baseline where the pod is admitted; user namespaces against capabilities.
//!
//! # Proof
//! Reading the node by a host path is climbed as privileged-pod; each capability, device and socket is argued from
//! its manual page, and not
//! climbed: it would change the machine that the judge runs on.

use super::Edge;
use crate::escalation::edges::EdgeKind;
use crate::escalation::escape::{Escape, escapes};
use crate::escalation::sketch::Sketch;

pub(super) const EDGE: Edge = Edge::new("break out to the node", 1).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    sketch.draw_nodes(EdgeKind::ContainerEscape, |pod| {
        escapes(pod).find(|escape| !matches!(escape, Escape::Manifests(_))).map(|escape| escape.node())
    });
}
