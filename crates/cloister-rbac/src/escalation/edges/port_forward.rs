//! # What it is
//! Create on pods/portforward (get, before 1.35), and the proxies of pods and services by any verb, reach ports
//! that network policies close. What listens there decides what it gives: by itself it leads nowhere further.
//!
//! # Source
//! pkg/registry/core/pod/rest/subresources.go, pkg/registry/core/service/proxy.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Services that ask who is there.
//!
//! # Proof
//! Argued from the source: both subresources connect to the port that is asked for, and ask for no other right
//! (`Connect`). Not climbed: what one gets at a port is the affair of what listens there, and of no authoriser.

use super::Edge;
use super::exec::opens;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const PROXY: &[&str] = &["get", "create", "update", "patch", "delete"];
const RIGHTS: &[Target] = &[
    Target::inside(&["create"], "", "pods").below("portforward"),
    Target::inside(&["get"], "", "pods").below("portforward"),
    Target::inside(PROXY, "", "pods").below("proxy"),
    Target::inside(PROXY, "", "services").below("proxy"),
];

pub(super) const EDGE: Edge = Edge::new("reach ports of pods", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if right.which >= 2 || opens(sketch, right) {
        let to = sketch.can(Power::ReachPorts, right.scope);
        sketch.by_right(EdgeKind::PortForward, right, to, Conditions::NONE);
    }
}
