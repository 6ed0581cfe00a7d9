//! Ways up: what somebody can become.

use std::collections::BTreeSet;

use cloister_rbac::escalation::{Climber, Closure, Conditions, Evidence, Path, Power, Scope, Step, Vertex};
use serde_json::{Value, json};

use crate::Wrong;
use crate::proof::{evidence_line, grant_json, place};
use crate::words::say;

/// What is to be shown.
#[derive(Debug)]
pub enum Found<'p, 'a> {
    /// Everybody who climbs; those with nothing but what Kubernetes gave them apart.
    Climbers(Vec<Climber<'p, 'a>>, Vec<Climber<'p, 'a>>),
    /// The ways of one, or to one thing.
    Paths(Vec<Path<'p, 'a>>),
    /// The ways of one to cluster-admin, each with a beginning of its own.
    Ways(Vec<Path<'p, 'a>>),
}

/// The ways of whoever asks, the first of the closure's askers, or of everybody; all of them, or those to a target.
pub fn find<'p, 'a>(is_asked: bool, to: Option<&'a str>, closure: &Closure<'p, 'a>) -> Result<Found<'p, 'a>, Wrong> {
    let targets = to.map(|to| targets(to, closure)).transpose()?;
    let asker = is_asked.then_some(Vertex::Asker(0));
    Ok(match (asker, targets) {
        (None, None) => {
            let (own, others) = closure.climbers().into_iter().partition(|it| closure.is_built_in(&it.path.from));
            Found::Climbers(others, own)
        }
        (None, Some(targets)) => Found::Paths(targets.iter().flat_map(|target| closure.paths_to(target)).collect()),
        // Who may do everything needs nothing else.
        (Some(asker), None) => match ways_to_admin(&asker, closure) {
            ways if ways.is_empty() => Found::Paths(closure.paths_from(&asker)),
            ways => Found::Ways(ways),
        },
        (Some(asker), Some(targets)) if targets == [Vertex::Admin] => Found::Ways(ways_to_admin(&asker, closure)),
        (Some(asker), Some(targets)) => {
            let paths = closure.paths_from(&asker).into_iter();
            let mut paths: Vec<_> = paths.filter(|path| targets.contains(&path.to)).collect();
            // Who may do everything reaches it that way.
            if paths.is_empty() {
                paths.extend(closure.path_to_admin(&asker));
            }
            Found::Paths(paths)
        }
    })
}

/// The shortest way of each beginning: whoever cuts the first has not cut the others.
fn ways_to_admin<'p, 'a>(asker: &Vertex<'_>, closure: &Closure<'p, 'a>) -> Vec<Path<'p, 'a>> {
    let mut ways = closure.ways_to_admin(Conditions::ALL).from(asker);
    // Whoever asks is a user, too, and so holds each role twice: what is shown alike is one beginning.
    let mut seen = BTreeSet::new();
    ways.retain(|path| path.steps.first().is_none_or(|step| seen.insert(beginning(step))));
    if ways.is_empty() { closure.path_to_admin(asker).into_iter().collect() } else { ways }
}

fn beginning(step: &Step<'_, '_>) -> (&'static str, BTreeSet<String>) {
    (step.kind.id(), step.proof.iter().map(evidence_line).collect())
}

/// What a word for a target means.
fn targets<'a>(to: &'a str, closure: &Closure<'_, 'a>) -> Result<Vec<Vertex<'a>>, Wrong> {
    let half = || Wrong::new(format!("\"{to}\" names half of a target"), format!("write it as {to}:NAME"));
    let pair = |rest: &'a str| rest.split_once(':').ok_or_else(half);
    Ok(match to.split_once(':') {
        None if to == "cluster-admin" => vec![Vertex::Admin],
        None if to == "node" => {
            let any = [Power::AnyNode, Power::SomeNode].map(|power| Vertex::Can(power, Scope::Cluster));
            any.into_iter().chain(closure.nodes().map(Vertex::Node)).collect()
        }
        Some(("node", name)) => vec![Vertex::Node(name)],
        Some(("group", name)) => vec![Vertex::group(name)],
        Some(("secret", rest)) => pair(rest).map(|(namespace, name)| vec![Vertex::Secret(namespace, name)])?,
        Some(("serviceaccount" | "sa", rest)) => {
            pair(rest).map(|(namespace, name)| vec![Vertex::Account(namespace, name)])?
        }
        _ => vec![Vertex::user(to)],
    })
}

/// The kinds of a path's steps, in order.
pub fn kinds(path: &Path<'_, '_>) -> String {
    path.steps.iter().map(|step| step.kind.id()).collect::<Vec<_>>().join(" > ")
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
                fields.insert("allows".to_owned(), say(action).into());
            }
            value
        }
        Evidence::Rule(rule) => {
            json!({ "rule": rule.index, "ruleOf": rule.role.reference(), "ruleAt": place(rule.place()) })
        }
        Evidence::Object(at) => json!({ "object": at.resource.reference(), "at": place(*at) }),
    }
}
