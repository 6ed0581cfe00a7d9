//! # What it is
//! The group system:masters may do everything: the API server does not even ask the authorisers.
//!
//! # Source
//! k8s.io/apiserver/pkg/authorization/authorizerfactory/builtin.go (`NewPrivilegedGroups`),
//! pkg/kubeapiserver/authorizer.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Nothing but leaving the group.
//!
//! # Proof
//! The rule is the authoriser's (`NewPrivilegedGroups`), which `cargo xtask judge rbac` compares with
//! SubjectAccessReview.

use super::Edge;
use crate::MASTERS;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Vertex;

pub(super) const EDGE: Edge = Edge::new("are in system:masters", 0).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    if let Some(masters) = sketch.graph.find(&Vertex::Group(MASTERS)) {
        let admin = sketch.graph.vertex(Vertex::Admin);
        sketch.by_nature(EdgeKind::SystemMasters, masters, admin, Conditions::NONE);
    }
}
