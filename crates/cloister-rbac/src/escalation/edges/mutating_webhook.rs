//! # What it is
//! Who may create or change a MutatingWebhookConfiguration is shown every object that is written, and may change it
//! before it is stored: a pod of any namespace gets another image, an administrator's binding another subject.
//!
//! # Source
//! k8s.io/apiserver/pkg/admission/plugin/webhook/mutating.
//!
//! # Since
//! 1.9.
//!
//! # What cuts it
//! Nothing in the API server: configurations of webhooks are not shown to webhooks.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! mutating-webhook); the closure was asked too. By create; update and patch are argued (the same strategy).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};

const RIGHTS: &[Target] =
    &[Target::outside(&["create", "update", "patch"], "admissionregistration.k8s.io", "mutatingwebhookconfigurations")];

pub(super) const EDGE: Edge = Edge::new("change what others write", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::RunPods, Scope::Namespaces);
    sketch.by_right(EdgeKind::MutatingWebhook, right, to, Conditions::WHEN_OTHERS_ACT);
}
