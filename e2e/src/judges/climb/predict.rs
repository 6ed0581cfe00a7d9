//! What the closure says of a scenario, from the objects that are there before it is played.

use cloister_rbac::escalation::{Closure, Vertex};
use cloister_rbac::{Policy, ServerRules};

use super::scenarios::Scenario;
use super::scene::Scene;
use crate::judges::rbac::inventory;

/// Whether there is a way over the scenario's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predicted {
    /// Yes.
    Yes,
    /// If something is so that the objects do not tell.
    Perhaps,
    /// No.
    No,
}

impl Predicted {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Predicted::Yes => "yes",
            Predicted::Perhaps => "perhaps",
            Predicted::No => "no",
        }
    }
}

/// Asks the closure.
pub fn predict(scene: &Scene<'_>, scenario: &Scenario) -> Predicted {
    let inventory = inventory(&scene.before());
    let policy = Policy::new(&inventory);
    let closure = Closure::new(&policy, &inventory, ServerRules::default(), &[]);
    let mut predicted = Predicted::No;
    for path in closure.paths_from(&Vertex::User(&scene.user)) {
        if path.steps.iter().all(|step| step.kind.id() != scenario.edge) {
            continue;
        }
        if path.conditions().is_certain() {
            return Predicted::Yes;
        }
        predicted = Predicted::Perhaps;
    }
    predicted
}
