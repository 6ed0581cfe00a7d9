//! # What it is
//! Update or patch on pods: the image of a container can be changed while it runs, and what starts next runs with
//! the pod's token and volumes. Nothing else that matters can be changed.
//!
//! # Source
//! pkg/apis/core/validation/validation.go (`ValidatePodUpdate`).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! resourceNames; policies about images.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! change-pod); the closure was asked too. That nothing but images and a few fields may change (`ValidatePodUpdate`).

use super::Edge;
use super::exec::enter;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;

const RIGHTS: &[Target] = &[Target::inside(&["update", "patch"], "", "pods")];

pub(super) const EDGE: Edge = Edge::new("replace the image of a running pod", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    enter(sketch, EdgeKind::ChangePod, right, Conditions::NONE);
}
