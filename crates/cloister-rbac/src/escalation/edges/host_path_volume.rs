//! # What it is
//! A PersistentVolume of a node's path passes Pod Security at every level, which looks at the pod and sees a claim.
//! Who may create volumes and pods mounts the node's root so; the claim takes no right, since of a pod's ephemeral
//! volume a controller makes it. Pods at the level restricted are not root, but may be in its group: the sockets of
//! container runtimes are open to that.
//!
//! # Source
//! k8s.io/pod-security-admission/policy/check_hostPathVolumes.go, pkg/volume/hostpath,
//! pkg/controller/volume/ephemeral.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! No right to create PersistentVolumes; validating policies.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! host-path-volume); the closure was asked too.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const RIGHTS: &[Target] = &[Target::outside(&["create"], "", "persistentvolumes")];

pub(super) const EDGE: Edge = Edge::new("mount a node's path by a volume", 1).rights(RIGHTS).right(draw).world(mount);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can_all(Power::CreateVolumes);
    sketch.by_right(EdgeKind::HostPathVolume, right, to, Conditions::NONE);
}

fn mount(sketch: &mut Sketch<'_, '_>) {
    for (_, needs) in sketch.instances(&[Power::CreateVolumes, Power::RunPods]) {
        let to = sketch.can_all(Power::AnyNode);
        sketch.together(EdgeKind::HostPathVolume, &needs, to, Conditions::NONE);
    }
}
