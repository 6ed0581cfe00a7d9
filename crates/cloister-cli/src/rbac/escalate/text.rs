//! The ways for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use cloister_questions::climb::{Found, kinds};
use cloister_rbac::Rule;
use cloister_rbac::escalation::{Climber, Closure, Conditions, Evidence, Goal, Path, Step};

use super::Escalate;
use crate::rbac::proof::{place, rule_text};
use crate::table::indented;

/// More ways than this are counted.
const SHOWN: usize = 20;

/// Writing to a String cannot fail, so results of `write!` are dropped.
pub fn show(question: &Escalate, closure: &Closure<'_, '_>, found: &Found<'_, '_>, width: usize) -> String {
    let mut text = String::new();
    match found {
        Found::Climbers(others, own) => climbers(question, closure, (others, own), width, &mut text),
        Found::Paths(paths) | Found::Ways(paths) if paths.is_empty() => {
            let _ = match (&question.subject, &question.to) {
                (Some(subject), None) => writeln!(text, "{subject} climbs nowhere"),
                (Some(subject), Some(to)) => writeln!(text, "{subject} does not reach {to}"),
                _ => writeln!(text, "nobody reaches {}", question.to.as_deref().unwrap_or_default()),
            };
        }
        Found::Ways(paths) if !question.explain => ways(closure, paths, width, &mut text),
        Found::Paths(paths) | Found::Ways(paths) => {
            for path in paths.iter().take(SHOWN) {
                text += &way(closure, path, width);
            }
            if let Some(more) = paths.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                let _ = writeln!(text, "{more} more: -o json shows all, --to TARGET one");
            }
        }
    }
    text
}

/// The shortest way in full, and what else it could begin with.
fn ways(closure: &Closure<'_, '_>, paths: &[Path<'_, '_>], width: usize, text: &mut String) {
    let Some((first, others)) = paths.split_first() else { return };
    *text += &way(closure, first, width);
    if others.is_empty() {
        return;
    }
    let ways = match others.len() {
        1 => "1 way begins otherwise, and stays".to_owned(),
        count => format!("{count} ways begin otherwise, and stay"),
    };
    *text += &indented(&format!("{ways} when this one is cut (--explain tells all)"), 0, 2, width);
    for path in others.iter().take(SHOWN) {
        let grants =
            path.steps.first().into_iter().flat_map(|step| &step.proof).filter_map(|evidence| match evidence {
                Evidence::Grant { grant, .. } => Some(grant.binding.resource),
                _ => None,
            });
        let by = grants.map(|binding| format!(", by {} \"{}\"", binding.kind, binding.name)).next();
        let line = format!("{}  {}{}", path.length(), kinds(path), by.unwrap_or_default());
        *text += &(indented(&line, 2, 3, width) + &conditions(path.conditions(), 5, width));
    }
    if let Some(more) = others.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "{more} more: -o json shows all");
    }
}

fn climbers(
    question: &Escalate,
    closure: &Closure<'_, '_>,
    (others, own): (&[Climber<'_, '_>], &[Climber<'_, '_>]),
    width: usize,
    text: &mut String,
) {
    let goals = [
        (Goal::Admin, "cluster-admin is reached by"),
        (Goal::Node, "root on a node is reached by"),
        (Goal::Accounts, "service accounts of others are reached by"),
    ];
    for (goal, title) in goals {
        let of_goal: Vec<&Climber<'_, '_>> = others.iter().filter(|climber| climber.goal == goal).collect();
        if of_goal.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{title} {}", of_goal.len());
        for climber in of_goal {
            let told = if question.explain { way } else { line };
            *text += &told(closure, &climber.path, width);
        }
        text.push('\n');
    }
    if !question.explain {
        legend(others, width, text);
    }
    if others.is_empty() {
        text.push_str("nobody climbs, but for what Kubernetes itself gives\n");
    }
    if !own.is_empty() {
        let _ = writeln!(text, "Kubernetes' own, which are not counted: {} (-o json names them)", own.len());
    }
}

/// The steps that occur, in words.
fn legend(climbers: &[Climber<'_, '_>], width: usize, text: &mut String) {
    let steps = climbers.iter().flat_map(|climber| &climber.path.steps).map(|step| step.kind);
    let says: BTreeMap<&str, String> =
        steps.filter(|kind| kind.is_step()).map(|kind| (kind.id(), kind.sentence())).collect();
    if says.is_empty() {
        return;
    }
    text.push_str("The steps (--explain tells the binding, role and rule of each):\n");
    for (id, says) in says {
        *text += &indented(&format!("{id}: {says}"), 2, 2, width);
    }
    text.push('\n');
}

/// `2  service account ci/bot`, and below it by what.
fn line(closure: &Closure<'_, '_>, path: &Path<'_, '_>, width: usize) -> String {
    let who = indented(&format!("{}  {}", path.length(), closure.name(&path.from)), 2, 3, width);
    who + &indented(&kinds(path), 5, 2, width) + &conditions(path.conditions(), 5, width)
}

fn conditions(conditions: Conditions, indent: usize, width: usize) -> String {
    let says = conditions.says();
    if says.is_empty() { says } else { indented(&format!("({says})"), indent, 2, width) }
}

fn way(closure: &Closure<'_, '_>, path: &Path<'_, '_>, width: usize) -> String {
    let count = path.length();
    let plural = if count == 1 { "step" } else { "steps" };
    let (from, to) = (closure.name(&path.from), closure.name(&path.to));
    let head = indented(&format!("{from} reaches {to} in {count} {plural}"), 0, 2, width);
    head + &steps(closure, path, 2, width) + "\n"
}

/// Each step with what shows it.
pub fn steps(closure: &Closure<'_, '_>, path: &Path<'_, '_>, indent: usize, width: usize) -> String {
    (1..).zip(&path.steps).map(|(number, step)| one_step(closure, number, step, indent, width)).collect()
}

fn one_step(closure: &Closure<'_, '_>, number: usize, step: &Step<'_, '_>, indent: usize, width: usize) -> String {
    let mut text = indented(&format!("{number} {} → {}", step.kind.id(), closure.name(&step.to)), indent, 2, width);
    let does = format!("{} can {}", closure.name(&step.actor), step.kind.says());
    text += &indented(&does, indent + 2, 2, width);
    text += &conditions(step.conditions, indent + 2, width);
    let mut shown: Vec<String> = Vec::new();
    for proof in step.proof.iter().map(|evidence| proof(evidence, indent + 2, width)) {
        // One rule may give several of the rights that a step takes.
        if !shown.contains(&proof) {
            text += &proof;
            shown.push(proof);
        }
    }
    text
}

fn proof(evidence: &Evidence<'_, '_>, indent: usize, width: usize) -> String {
    let said = |what: &str, at: String| indented(what, indent, 2, width) + &indented(&at, indent + 3, 2, width);
    let rule = |rule: &Rule<'_>| {
        let (kind, name) = (&rule.role.kind, &rule.role.name);
        said(&format!("rule {} of {kind} \"{name}\": {}", rule.index + 1, rule_text(rule)), place(rule.place()))
    };
    match evidence {
        Evidence::Grant { grant, .. } => {
            let binding = grant.binding.resource;
            let by = format!("by {} \"{}\"", binding.kind, binding.name);
            said(&by, place(grant.subject_place())) + &rule(grant.rule)
        }
        Evidence::Rule(held) => rule(held),
        Evidence::Object(at) => said(&format!("shown by {} \"{}\"", at.resource.kind, at.resource.name), place(*at)),
    }
}
