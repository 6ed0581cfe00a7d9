//! The ways for machines.

use cloister_questions::climb::{Found, way};
use cloister_rbac::escalation::{Closure, Path};
use serde_json::json;

/// One object; its fields stay.
pub fn show(closure: &Closure<'_, '_>, found: &Found<'_, '_>) -> String {
    let one = |path: &Path<'_, '_>| way(closure, path);
    let value = match found {
        Found::Paths(paths) | Found::Ways(paths) => json!({ "paths": paths.iter().map(one).collect::<Vec<_>>() }),
        Found::Climbers(others, own) => {
            let climbers = others.iter().map(|it| (it, false)).chain(own.iter().map(|it| (it, true)));
            let climbers = climbers.map(|(climber, is_built_in)| {
                json!({ "goal": climber.goal.as_str(), "builtIn": is_built_in, "path": one(&climber.path) })
            });
            json!({ "climbers": climbers.collect::<Vec<_>>() })
        }
    };
    format!("{value:#}\n")
}
