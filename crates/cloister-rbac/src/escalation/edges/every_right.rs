//! # What it is
//! A rule with every verb on every resource of every group, without names: cluster-admin's rule. By a RoleBinding
//! it is everything in its namespace. The same within the core group alone is told by the other edges.
//!
//! # Source
//! plugin/pkg/auth/authorizer/rbac/rbac.go (`RuleAllows`),
//! plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Naming groups, resources and verbs.
//!
//! # Proof
//! The rule is the authoriser's (`RuleAllows`), which `cargo xtask judge rbac` compares with SubjectAccessReview;
//! that whoever may do everything may do each thing needs no proof.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

/// Words that only wildcards match.
const ANY: &[Target] = &[Target::outside(&["any verb"], "any group", "any resource").either()];

pub(super) const EDGE: Edge = Edge::new("hold every right", 0).rights(ANY).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if right.names != Names::Any {
        return;
    }
    let to = match right.scope {
        Scope::Cluster => sketch.graph.vertex(Vertex::Admin),
        scope => sketch.can(Power::Everything, scope),
    };
    sketch.by_right(EdgeKind::EveryRight, right, to, Conditions::NONE);
}
