//! # What it is
//! Who may create or change a ValidatingWebhookConfiguration is shown every object that is written: Secrets as they
//! are created or changed.
//!
//! # Source
//! k8s.io/apiserver/pkg/admission/plugin/webhook/validating.
//!
//! # Since
//! 1.9.
//!
//! # What cuts it
//! Nothing in the API server.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! validating-webhook); the closure was asked too. By create; update and patch are argued (the same strategy).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};

const RIGHTS: &[Target] = &[Target::outside(
    &["create", "update", "patch"],
    "admissionregistration.k8s.io",
    "validatingwebhookconfigurations",
)];

pub(super) const EDGE: Edge = Edge::new("read what others write", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::ReadSecrets, Scope::Namespaces);
    sketch.by_right(EdgeKind::ValidatingWebhook, right, to, Conditions::WHEN_OTHERS_ACT);
}
