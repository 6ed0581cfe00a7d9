//! # What it is
//! On EKS, the ConfigMap aws-auth in kube-system says which cloud identities are which users and groups,
//! system:masters among them. Who may change it makes themselves an administrator. Drawn where the ConfigMap is in
//! the input.
//!
//! # Source
//! The manual of Amazon EKS; access entries have taken its place and are not seen from within.
//!
//! # Since
//! Clusters that still read it.
//!
//! # What cuts it
//! Access entries alone (authentication mode API).
//!
//! # Proof
//! Argued from the manual: there is no such cloud to climb in.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Vertex;

const RIGHTS: &[Target] = &[Target::inside(&["update", "patch"], "", "configmaps")];
const NAMESPACE: &str = "kube-system";
const NAME: &str = "aws-auth";

pub(super) const EDGE: Edge = Edge::new("map themselves to system:masters", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let reaches = right.scope.holds(NAMESPACE) && right.names.has(NAME);
    if reaches && sketch.inventory.get("ConfigMap", NAMESPACE, NAME).is_some() {
        let to = sketch.graph.vertex(Vertex::Admin);
        sketch.by_right(EdgeKind::CloudIdentityMap, right, to, Conditions::NONE);
    }
}
