//! # What it is
//! Create on pods/attach types into the process that a container runs, if it reads its standard input. get suffices
//! before 1.35, as for exec.
//!
//! # Source
//! pkg/registry/core/pod/rest/subresources.go.
//!
//! # Since
//! Every version; get alone until 1.35.
//!
//! # What cuts it
//! resourceNames; containers without stdin.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md: attach);
//! the closure was asked too. That get sufficed by WebSocket until 1.35 (`ensureAuthorizedForVerb`).

use super::Edge;
use super::exec::{enter, opens};
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;

const RIGHTS: &[Target] =
    &[Target::inside(&["create"], "", "pods").below("attach"), Target::inside(&["get"], "", "pods").below("attach")];

pub(super) const EDGE: Edge = Edge::new("type into a container", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if opens(sketch, right) {
        enter(sketch, EdgeKind::Attach, right, Conditions::IF_INTERACTIVE);
    }
}
