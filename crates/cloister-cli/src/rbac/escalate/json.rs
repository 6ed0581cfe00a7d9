//! The ways for machines.

use cloister_rbac::escalation::{Closure, Evidence, Path, Step};
use serde_json::{Value, json};

use super::Found;
use crate::question;
use crate::rbac::proof::{grant_json, place};

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

/// A way with its steps.
pub fn way(closure: &Closure<'_, '_>, path: &Path<'_, '_>) -> Value {
    json!({
        "from": closure.name(&path.from),
        "to": closure.name(&path.to),
        "steps": path.length(),
        "conditions": path.conditions().ids().collect::<Vec<_>>(),
        "way": path.steps.iter().map(|step| one_step(closure, step)).collect::<Vec<_>>(),
    })
}

fn one_step(closure: &Closure<'_, '_>, step: &Step<'_, '_>) -> Value {
    json!({
        "edge": step.kind.id(),
        "actor": closure.name(&step.actor),
        "does": step.kind.says(),
        "reaches": closure.name(&step.to),
        "conditions": step.conditions.ids().collect::<Vec<_>>(),
        "proof": step.proof.iter().map(evidence).collect::<Vec<_>>(),
    })
}

fn evidence(evidence: &Evidence<'_, '_>) -> Value {
    match evidence {
        Evidence::Grant { grant, action, .. } => {
            let mut value = grant_json(grant);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("allows".to_owned(), question::say(action).into());
            }
            value
        }
        Evidence::Rule(rule) => {
            json!({ "rule": rule.index, "ruleOf": rule.role.reference(), "ruleAt": place(rule.place()) })
        }
        Evidence::Object(at) => json!({ "object": at.resource.reference(), "at": place(*at) }),
    }
}
