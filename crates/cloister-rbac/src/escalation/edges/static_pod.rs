//! # What it is
//! Code in a pod that may write the folder of the kubelet's manifests: the kubelet starts what lies there, without
//! the API server, admission or Pod Security. Such a pod takes no service account and no Secret, and needs none: it
//! is root on the node.
//!
//! # Source
//! pkg/kubelet/config/file.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Pod Security at baseline where the pod is admitted; mounting the path for reading only.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! static-pod). The closure was not asked, since both playings lead over it; a test of the closure has it.

use super::Edge;
use crate::escalation::edges::EdgeKind;
use crate::escalation::escape::{Escape, escapes};
use crate::escalation::sketch::Sketch;

pub(super) const EDGE: Edge = Edge::new("write a static pod", 1).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    sketch.draw_nodes(EdgeKind::StaticPod, |pod| {
        escapes(pod).find(|escape| matches!(escape, Escape::Manifests(_))).map(|escape| escape.node())
    });
}
