//! # What it is
//! A binding names somebody as a subject: they hold the role, everywhere by a ClusterRoleBinding, in its namespace
//! by a RoleBinding. A service account of another namespace counts as well as one of its own.
//!
//! # Source
//! pkg/registry/rbac/validation/rule.go (`VisitRulesFor`).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Taking the subject out of the binding.
//!
//! # Proof
//! The rule is the authoriser's (`VisitRulesFor`), which `cargo xtask judge rbac` compares with SubjectAccessReview;
//! every scenario of `cargo xtask judge climb` passes over it.

use super::Edge;

pub(super) const EDGE: Edge = Edge::new("hold the role", 0);
