//! # What it is
//! Who may create or change a CustomResourceDefinition may name a webhook that converts its objects: it is shown
//! each of them and gives back what it likes. By itself it leads nowhere further; what controllers make of such
//! objects may.
//!
//! # Source
//! k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.
//!
//! # Since
//! 1.16.
//!
//! # What cuts it
//! Nothing in the API server.
//!
//! # Proof
//! Argued from the source: objects of the kind are sent to the webhook to be converted, whole (`Convert`).
//! Not climbed: the judge runs no webhook of its own that an API server could call.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};

const RIGHTS: &[Target] =
    &[Target::outside(&["create", "update", "patch"], "apiextensions.k8s.io", "customresourcedefinitions")];

pub(super) const EDGE: Edge = Edge::new("read and rewrite custom objects", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::OthersRequests, Scope::Cluster);
    sketch.by_right(EdgeKind::ConversionWebhook, right, to, Conditions::WHEN_OTHERS_ACT);
}
