//! # What it is
//! Who may create or change an APIService has the API server send the requests for a group to a server of their
//! own: it sees who asks for what, and answers what it likes. Tokens are not passed on, and the built-in groups are
//! put back, so by itself it leads nowhere further.
//!
//! # Source
//! k8s.io/kube-aggregator/pkg/apiserver/handler_proxy.go.
//!
//! # Since
//! 1.7.
//!
//! # What cuts it
//! Nothing in the API server.
//!
//! # Proof
//! Argued from the source: the aggregator sends every request for a group to the service that the APIService names,
//! with the user's name and groups in headers (`ServeHTTP`). Not climbed, since it would take requests of the whole
//! cluster; for a group that one has made oneself nobody else asks.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};

const RIGHTS: &[Target] = &[Target::outside(&["create", "update", "patch"], "apiregistration.k8s.io", "apiservices")];

pub(super) const EDGE: Edge = Edge::new("receive the requests for a group", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::OthersRequests, Scope::Cluster);
    sketch.by_right(EdgeKind::ApiService, right, to, Conditions::WHEN_OTHERS_ACT);
}
