//! # What it is
//! Groups that authentication adds: every service account is in system:serviceaccounts, in
//! system:serviceaccounts:NAMESPACE and, like everybody who is known, in system:authenticated. Other groups of
//! users are known to the identity provider alone: name them with --as-group.
//!
//! # Source
//! k8s.io/apiserver/pkg/authentication/serviceaccount/util.go (`MakeGroupNames`),
//! k8s.io/apiserver/pkg/authentication/group/authenticated_group_adder.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Nothing; binding such a group to nothing.
//!
//! # Proof
//! The groups are argued from the source (`MakeGroupNames`), and seen where `cargo xtask judge rbac` compares the
//! decisions for service accounts with SubjectAccessReview.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Vertex;
use crate::request::{ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED};

pub(super) const EDGE: Edge = Edge::new("are a member", 0).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    let members: Vec<Vertex<'_>> =
        sketch.graph.vertices().iter().copied().filter(|vertex| vertex.is_identity()).collect();
    for member in members {
        for group in groups(&member) {
            if let (Some(from), Some(to)) = (sketch.graph.find(&member), sketch.graph.find(&group)) {
                sketch.by_nature(EdgeKind::GroupMember, from, to, Conditions::NONE);
            }
        }
    }
}

/// The groups that somebody is in by authentication.
pub(in crate::escalation) fn groups<'a>(member: &Vertex<'a>) -> Vec<Vertex<'a>> {
    match member {
        Vertex::Account(namespace, _) => {
            vec![Vertex::AccountsOf(namespace), Vertex::Group("system:serviceaccounts"), Vertex::Group(AUTHENTICATED)]
        }
        Vertex::AccountsOf(_) => vec![Vertex::Group("system:serviceaccounts"), Vertex::Group(AUTHENTICATED)],
        Vertex::User(ANONYMOUS) => vec![Vertex::Group(UNAUTHENTICATED)],
        Vertex::Group(UNAUTHENTICATED | AUTHENTICATED) => Vec::new(),
        Vertex::User(_) | Vertex::Group(_) => vec![Vertex::Group(AUTHENTICATED)],
        _ => Vec::new(),
    }
}
