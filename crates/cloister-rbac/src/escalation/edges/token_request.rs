//! # What it is
//! Create on serviceaccounts/token: the API server issues a token of the account that is named in the path. A rule
//! with resourceNames gives tokens of those names alone.
//!
//! # Source
//! pkg/registry/core/serviceaccount/storage/token.go.
//!
//! # Since
//! 1.22 (TokenRequest, stable); before by the gate of that name.
//!
//! # What cuts it
//! resourceNames.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! token-request); the closure was asked too. For all accounts of a namespace; names are the authoriser's rule, which
//! `cargo xtask judge rbac` compares.

use super::Edge;
use super::impersonate::accounts;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;

const RIGHTS: &[Target] = &[Target::inside(&["create"], "", "serviceaccounts").below("token")];

pub(super) const EDGE: Edge = Edge::new("request a token", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    accounts(sketch, EdgeKind::TokenRequest, right, Conditions::NONE);
}
