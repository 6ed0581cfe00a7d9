//! Names that nothing gives anything to.

use cloister_questions::subject::unknown;
use cloister_rbac::{Identity, Policy};

/// Says so on standard error.
pub fn note(identity: &Identity, policy: &Policy<'_>) {
    if let Some(note) = unknown(identity, policy) {
        eprintln!("note: {note}");
    }
}
