//! # What it is
//! Who may create a Secret of the type kubernetes.io/service-account-token that names an account, and may read it,
//! has a token that never ends: the controller fills it in. Reading by get, list or watch will do, also by a name
//! that is given to the new Secret, and also by somebody else whom they can become.
//!
//! # Source
//! pkg/controller/serviceaccount/tokens_controller.go.
//!
//! # Since
//! 1.24 and before (then it was also made by itself).
//!
//! # What cuts it
//! ValidatingAdmissionPolicies that refuse the type; no right to read Secrets.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! create-token-secret); the closure was asked too. With one identity; that one may create and another read is
//! argued.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const RIGHTS: &[Target] = &[Target::inside(&["create"], "", "secrets")];

pub(super) const EDGE: Edge =
    Edge::new("create a Secret that is filled with a token", 1).rights(RIGHTS).right(draw).world(read);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::CreateSecrets, right.scope);
    sketch.by_right(EdgeKind::CreateTokenSecret, right, to, Conditions::NONE);
}

fn read(sketch: &mut Sketch<'_, '_>) {
    for (scope, needs) in sketch.instances(&[Power::CreateSecrets, Power::ReadSomeSecret]) {
        let to = sketch.can(Power::BecomeAccounts, scope);
        sketch.together(EdgeKind::CreateTokenSecret, &needs, to, Conditions::NONE);
    }
}
